import { invalid, newId } from '@souk/kernel';
import { type OrderReturn, type ReturnReason, requestReturn } from '../domain/order-return.ts';
import { type ClaimedTime, effectiveTime } from './backdating.ts';
import { covers, orderNotFound, type Scope } from './find-order.ts';
import type { OrderPorts, RequestKey } from './ports.ts';

/** What a buyer announces. */
export interface CreateReturnCommand {
  readonly key: RequestKey;
  readonly orderId: string;
  readonly scope: Scope;
  /** `customer:<id>` or `staff:<id>`. */
  readonly actor: string;
  readonly reason: ReturnReason;
  readonly note: string;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
  readonly claimed: ClaimedTime;
}

/**
 * Announces a return; once per request id.
 *
 * @throws DomainError the reasons of `CreateReturn` in the contract.
 */
export async function createReturn(ports: OrderPorts, command: CreateReturnCommand): Promise<OrderReturn> {
  const returnTime = await effectiveTime(ports, command.claimed, 'return_time');
  return ports.store.transaction(async (tx) => {
    const order = await tx.lockOrder(command.orderId);
    if (order === undefined || !covers(command.scope, order.customer)) throw orderNotFound();
    const known = await tx.findReturnByRequest(order.orderId, command.key.requestId);
    if (known !== undefined) return sameRequest(known.value, known.fingerprint, command.key);
    const { lines, reason, note, actor } = command;
    const request = { returnId: newId(), reason, note, lines, returnTime, actor };
    const requested = requestReturn(order, request, ports.clock.now());
    await tx.saveOrder(order, requested.order);
    await tx.insertReturn(requested.orderReturn, command.key);
    await tx.tell([{ type: 'return-requested', ...requested }]);
    return requested.orderReturn;
  });
}

/**
 * What an earlier call with the same request id gave.
 *
 * @throws DomainError `REQUEST_ID_REUSED` when that call had another body.
 */
export function sameRequest<T>(value: T, fingerprint: string, key: RequestKey): T {
  if (fingerprint === key.fingerprint) return value;
  throw invalid('REQUEST_ID_REUSED', 'The request id was used before with another request.', {
    field: 'request_id',
  });
}
