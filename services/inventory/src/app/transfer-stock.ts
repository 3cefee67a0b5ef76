import { invalid, notFound } from '@souk/kernel';
import { requireLocation } from '../domain/location.ts';
import type { Movement } from '../domain/movement.ts';
import {
  arrive,
  goBack,
  requireValidTransfer,
  send,
  type Transfer,
  type TransferLoss,
} from '../domain/transfer.ts';
import type { BooksTransaction, InventoryPorts } from './ports.ts';

/**
 * Sends units to another location, once per id.
 * @throws DomainError SKU_UNKNOWN, STOCK_INSUFFICIENT, LOCATION_UNKNOWN, TRANSFER_INVALID, REQUEST_ID_REUSED
 */
export async function createTransfer(
  ports: InventoryPorts,
  transfer: Transfer,
  actorId: string,
): Promise<Transfer> {
  requireValidTransfer(transfer);
  const setup = await ports.setup.current();
  requireLocation(setup, transfer.fromLocationId);
  requireLocation(setup, transfer.toLocationId);
  return ports.books.transact(async (books) => {
    if (!(await books.records.addTransfer(transfer))) {
      const earlier = await books.records.lockTransfer(transfer.transferId);
      if (earlier === undefined || JSON.stringify(bodyOf(earlier)) !== JSON.stringify(bodyOf(transfer)))
        throw invalid('REQUEST_ID_REUSED', 'The request id was used before with another request.', {
          field: 'request_id',
        });
      return earlier;
    }
    const known = await books.lockLevels(transfer.lines.map(({ sku }) => sku));
    // Refuse before a level is opened at the other end.
    const movements = send(known, transfer);
    await post(ports, books, transfer, movements, actorId);
    return transfer;
  });
}

/**
 * Where a transfer stands.
 * @throws DomainError TRANSFER_NOT_FOUND
 */
export async function getTransfer(ports: InventoryPorts, transferId: string): Promise<Transfer> {
  return ports.books.transact((books) => find(books, transferId));
}

/**
 * Books that a transfer has arrived. Doing it again changes nothing.
 * @throws DomainError TRANSFER_NOT_FOUND, TRANSFER_ENDED, TRANSFER_INVALID
 */
export function receiveTransfer(
  ports: InventoryPorts,
  transferId: string,
  losses: readonly TransferLoss[],
  actorId: string,
): Promise<Transfer> {
  return endTransfer(ports, transferId, 'received', (transfer) => arrive(transfer, losses), actorId);
}

/**
 * Books that the units of a transfer went back. Doing it again changes nothing.
 * @throws DomainError TRANSFER_NOT_FOUND, TRANSFER_ENDED
 */
export function cancelTransfer(
  ports: InventoryPorts,
  transferId: string,
  actorId: string,
): Promise<Transfer> {
  return endTransfer(ports, transferId, 'cancelled', goBack, actorId);
}

async function endTransfer(
  ports: InventoryPorts,
  transferId: string,
  state: 'received' | 'cancelled',
  decide: (transfer: Transfer) => Movement[],
  actorId: string,
): Promise<Transfer> {
  return ports.books.transact(async (books) => {
    const transfer = await find(books, transferId);
    if (transfer.state === state) return transfer;
    await post(ports, books, transfer, decide(transfer), actorId);
    const ended = { ...transfer, state };
    await books.records.saveTransfer(ended);
    return ended;
  });
}

async function find(books: BooksTransaction, transferId: string): Promise<Transfer> {
  const transfer = await books.records.lockTransfer(transferId);
  if (transfer === undefined) throw notFound('TRANSFER_NOT_FOUND', 'There is no such transfer.');
  return transfer;
}

async function post(
  ports: InventoryPorts,
  books: BooksTransaction,
  { transferId, lines, fromLocationId, toLocationId }: Transfer,
  movements: readonly Movement[],
  actorId: string,
): Promise<void> {
  const stock = await books.openLevels(
    lines.flatMap(({ sku }) => [fromLocationId, toLocationId].map((locationId) => ({ sku, locationId }))),
  );
  await books.post({
    movements: movements.map((move) => ({ ...move, requestId: transferId })),
    stock,
    time: ports.clock.now(),
    actorId,
  });
}

const bodyOf = ({ fromLocationId, toLocationId, lines }: Transfer): unknown[] => [
  fromLocationId,
  toLocationId,
  lines.map(({ sku, quantity }) => [sku, quantity]),
];
