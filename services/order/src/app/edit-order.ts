import { aborted, type DomainError, invalid, type Money, newId, notFound, precondition } from '@souk/kernel';
import type { Order } from '../domain/order.ts';
import {
  beginEdit,
  discardEdit,
  type EditChange,
  type EditPlan,
  type OrderEdit,
  planEdit,
  type PricedUnits,
  stageEdit,
} from '../domain/order-edit.ts';
import { sameRequest } from './create-return.ts';
import type { EditStore } from './edit-ports.ts';
import { covers, findOrder, orderNotFound, type Scope } from './find-order.ts';
import type { OrderPorts, RequestKey } from './ports.ts';
import { editData } from './sagas/edit-data.ts';
import { EDIT } from './sagas/edit-saga.ts';

/** How long a preview's prices hold. */
const VALID_MS = 15 * 60_000;

/** What use cases about edits need. */
export type EditPorts = OrderPorts & { readonly edits: EditStore };

/** Who stages what. */
export interface StageEditCommand {
  readonly key: RequestKey;
  readonly orderId: string;
  readonly scope: Scope;
  /** `customer:<id>` or `staff:<id>`. */
  readonly actor: string;
  readonly changes: readonly EditChange[];
  readonly note: string;
}

/**
 * Previews an edit at present prices; once per request id.
 *
 * @throws DomainError the reasons of `StageOrderEdit` in the contract.
 */
export async function stageOrderEdit(ports: EditPorts, command: StageEditCommand): Promise<OrderEdit> {
  const { store, clock } = ports;
  const seen = await findOrder(store, command.orderId, command.scope);
  const plan = planEdit(seen, command.changes);
  const priced = await price(ports, seen, plan);
  return store.transaction(async (tx) => {
    const order = await tx.lockOrder(command.orderId);
    if (order === undefined) throw orderNotFound();
    const known = await tx.edits.findByRequest(order.orderId, command.key.requestId);
    if (known !== undefined) return sameRequest(known.value, known.fingerprint, command.key);
    const createTime = clock.now();
    const edit = stageEdit(order, planEdit(order, command.changes), priced, {
      editId: newId(),
      note: command.note,
      actor: command.actor,
      createTime,
      expireTime: new Date(createTime.getTime() + VALID_MS),
      returnId: undefined,
    });
    await tx.edits.insert(edit, command.key);
    return edit;
  });
}

/** Present names and prices of what is added. */
async function price(ports: EditPorts, order: Order, plan: EditPlan): Promise<readonly PricedUnits[]> {
  const lines = [...plan.priced].map(([sku, quantity]) => ({ sku, quantity }));
  if (lines.length === 0) return [];
  const { currency, regionCode, customer } = order;
  const [quoted, variants] = await Promise.all([
    ports.quotes.quote({ customerId: customer.id, currency, regionCode, lines, priceTime: undefined }),
    ports.variants.find(lines.map(({ sku }) => sku)),
  ]);
  const names = new Map(variants.map((variant) => [variant.sku, variant]));
  return quoted.map((line) => {
    const variant = names.get(line.sku);
    if (variant?.active !== true)
      throw precondition('VARIANT_UNAVAILABLE', `${line.sku} is not sold.`, { metadata: { sku: line.sku } });
    const { productId, title, digital } = variant;
    return { ...line, productId, title, digital };
  });
}

/** Who confirms what. */
export interface ConfirmEditCommand {
  readonly key: RequestKey;
  readonly editId: string;
  readonly scope: Scope;
  readonly paymentMethod: string;
  /** When to answer with what there is: milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Applies a staged edit; once per request id.
 *
 * @throws DomainError the reasons of `ConfirmOrderEdit` in the contract.
 */
export async function confirmOrderEdit(ports: EditPorts, command: ConfirmEditCommand): Promise<OrderEdit> {
  const { store, sagas, clock, edits } = ports;
  const { editId, key } = command;
  const { orderId } = await findEdit(edits, editId, command.scope);
  const saga = await store.transaction(async (tx) => {
    const order = await tx.lockOrder(orderId);
    const locked = await tx.edits.lock(editId);
    if (order === undefined || locked === undefined) throw editNotFound();
    const { confirmation } = locked;
    if (confirmation?.requestId === key.requestId)
      return sameRequest(undefined, confirmation.fingerprint, key);
    const begun = beginEdit(order, locked.edit, clock.now());
    requireMeans(locked.edit.difference, command.paymentMethod);
    if (await tx.edits.hasOpenSagas(orderId))
      throw aborted('ORDER_IN_PROGRESS', 'Something else is under way for this order.', {
        retryAfterMs: 1_000,
      });
    const data = editData(order, begun.edit, command.paymentMethod);
    const made = sagas.begin({ kind: EDIT, subjectId: editId, orderId, data, stage: 0 });
    await tx.edits.hold(orderId, editId);
    await tx.saveOrder(order, begun.order);
    await tx.edits.save(begun.edit, key);
    await tx.insertSaga(made);
    return made;
  });
  if (saga !== undefined) await within(sagas.drive(saga), command.until - Date.now());
  const edit = await findEdit(edits, editId, command.scope);
  if (edit.failure === undefined) return edit;
  const { reason, message, metadata } = edit.failure;
  throw precondition(reason, message, { metadata });
}

function requireMeans(difference: Money, paymentMethod: string): void {
  if (!difference.isNegative && !difference.isZero && paymentMethod === '')
    throw invalid('PAYMENT_METHOD_REQUIRED', `There is ${difference.toString()} to pay.`, {
      field: 'payment_method',
    });
}

/**
 * Gives a staged edit up.
 *
 * @throws DomainError `EDIT_NOT_FOUND`, `EDIT_STATE_FORBIDS`.
 */
export async function discardOrderEdit(ports: EditPorts, editId: string, scope: Scope): Promise<OrderEdit> {
  const { orderId } = await findEdit(ports.edits, editId, scope);
  return ports.store.transaction(async (tx) => {
    await tx.lockOrder(orderId);
    const locked = await tx.edits.lock(editId);
    if (locked === undefined) throw editNotFound();
    const discarded = discardEdit(locked.edit, ports.clock.now());
    await tx.edits.save(discarded);
    return discarded;
  });
}

/**
 * One edit.
 *
 * @throws DomainError `EDIT_NOT_FOUND`, for another customer's too.
 */
export async function findEdit(edits: EditStore, editId: string, scope: Scope): Promise<OrderEdit> {
  const edit = await edits.find(editId);
  if (edit === undefined || !covers(scope, edit.customer)) throw editNotFound();
  return edit;
}

function editNotFound(): DomainError {
  return notFound('EDIT_NOT_FOUND', 'There is no such edit.');
}

/** Waits for work that goes on by itself when time is up. */
async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
