import { wantedLines } from '../domain/demand.ts';
import type { Setup } from '../domain/location.ts';
import type { Reservation } from '../domain/reservation.ts';
import { replaceLevels, type Stock, type StockLevel, stockOf } from '../domain/stock.ts';
import { type Decision, decideOrders, type Grounds, type OrderCommand } from './decide-orders.ts';
import type { InventoryPorts } from './ports.ts';
import type { Outcome } from './sku-lanes.ts';
import type { StockMemory } from './stock-memory.ts';

type Outcomes = readonly Outcome<Reservation | undefined>[];

/**
 * Serves a batch of orders in one transaction: reserves, sells, gives back.
 *
 * Mostly it knows the levels from its own last change, decides on them, and writes in one statement that finds out
 * whether they are still so. If not (another replica was there, or a call is repeated), it locks, looks and decides
 * again.
 */
export async function serveOrders(
  ports: InventoryPorts,
  memory: StockMemory,
  commands: readonly OrderCommand[],
): Promise<Outcomes> {
  const setup = await ports.setup.current();
  const ids = commands.map(({ reservationId }) => reservationId);
  const known = await look(ports, memory, commands, setup);
  const skus = [...known.stock.keys()];
  const grounds = groundsOf(ports, setup, known);
  // A repeated call must see how its reservation stands now.
  const isRepeated = commands.some(
    (command) => command.do === 'reserve' && known.reservations.has(command.reservationId),
  );
  if (!isRepeated) {
    const decision = decideOrders(commands, grounds);
    if (await confirm(ports, memory, decision, known)) return decision.outcomes;
  }
  memory.forget(skus, ids);
  return serveLocked(ports, memory, commands, setup);
}

/** What the decisions rest on, and which of it was only remembered. */
interface Known extends Pick<Grounds, 'stock' | 'reservations'> {
  readonly remembered: readonly StockLevel[];
}

async function look(
  ports: InventoryPorts,
  memory: StockMemory,
  commands: readonly OrderCommand[],
  setup: Setup,
): Promise<Known> {
  const ending = commands
    .filter((command) => command.do !== 'reserve')
    .map((command) => command.reservationId);
  const reservations = new Map<string, Reservation>();
  for (const { reservationId } of commands) {
    const reservation = memory.reservation(reservationId);
    if (reservation !== undefined) reservations.set(reservationId, reservation);
  }
  const unknown = ending.filter((id) => !reservations.has(id));
  if (unknown.length > 0)
    for (const [id, reservation] of await ports.books.findReservations(unknown))
      reservations.set(id, reservation);

  const stock = new Map<string, readonly StockLevel[]>();
  const missing: string[] = [];
  for (const sku of skusOf(commands, reservations, setup)) {
    const levels = memory.levels(sku);
    if (levels === undefined) missing.push(sku);
    else stock.set(sku, levels);
  }
  const remembered = [...stock.values()].flat();
  if (missing.length > 0) {
    for (const [sku, levels] of stockOf(await ports.books.levelsOf(missing))) {
      memory.keepLevels(sku, levels);
      stock.set(sku, levels);
    }
  }
  return { stock, reservations, remembered };
}

/** Makes the decision hold: writes it, or if it changes nothing finds out whether what it rests on is still so. */
async function confirm(
  ports: InventoryPorts,
  memory: StockMemory,
  { posting }: Decision,
  { stock, remembered }: Known,
): Promise<boolean> {
  if (posting === undefined) return remembered.length === 0 || ports.books.areCurrent(remembered);
  const levels = await ports.books.tryPost(posting);
  if (levels === undefined) return false;
  remember(memory, stock, levels, posting);
  return true;
}

async function serveLocked(
  ports: InventoryPorts,
  memory: StockMemory,
  commands: readonly OrderCommand[],
  setup: Setup,
): Promise<Outcomes> {
  const ids = commands.map(({ reservationId }) => reservationId);
  const served = await ports.books.transact(async (books) => {
    const reservations = await books.lockReservations(ids);
    const stock = await books.lockLevels(skusOf(commands, reservations, setup));
    const decision = decideOrders(commands, groundsOf(ports, setup, { stock, reservations }));
    const { posting } = decision;
    if (posting === undefined) return { decision, stock, levels: [] };
    const levels = await books.post(posting);
    if (levels === undefined) throw new Error('reservations were made elsewhere meanwhile');
    return { decision, stock, levels };
  });
  const { decision, stock, levels } = served;
  if (decision.posting !== undefined) remember(memory, stock, levels, decision.posting);
  return decision.outcomes;
}

function groundsOf(
  ports: InventoryPorts,
  setup: Setup,
  known: Pick<Grounds, 'stock' | 'reservations'>,
): Grounds {
  return {
    stock: known.stock,
    reservations: known.reservations,
    setup,
    now: ports.clock.now(),
    defaults: { ttlMs: ports.reservationTtlMs, strategy: ports.allocationStrategy },
  };
}

function remember(
  memory: StockMemory,
  before: Stock,
  levels: readonly StockLevel[],
  posting: NonNullable<Decision['posting']>,
): void {
  const after = new Map(before);
  replaceLevels(after, levels);
  for (const [sku, now] of after) memory.keepLevels(sku, now);
  for (const reservation of posting.newReservations ?? []) memory.keepReservation(reservation);
  for (const reservation of posting.endedReservations ?? []) memory.keepReservation(reservation);
}

/** All SKUs that some commands touch, kits taken apart. */
function skusOf(
  commands: readonly OrderCommand[],
  reservations: ReadonlyMap<string, Reservation>,
  setup: Setup,
): string[] {
  const skus = commands.flatMap((command) => {
    const reserved = reservations.get(command.reservationId)?.lines ?? [];
    const wanted = command.do === 'reserve' ? wantedLines(command.lines, setup.kits) : [];
    return [...reserved, ...wanted].map(({ sku }) => sku);
  });
  return [...new Set(skus)];
}
