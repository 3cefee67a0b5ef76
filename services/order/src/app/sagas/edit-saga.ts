import type { Clock } from '@souk/kernel';
import { cancelFrom, type LocatedUnits } from '../../domain/allocation.ts';
import type { Order } from '../../domain/order.ts';
import { applyEdit, failEdit, type OrderEdit } from '../../domain/order-edit.ts';
import type { AddedPayments, AddedStock } from '../edit-ports.ts';
import type { OrderTransaction } from '../ports.ts';
import type { Saga, SagaDefinition } from '../saga/saga.ts';
import { CANCELLATION, cancellationData } from './cancellation-saga.ts';
import { RETRY } from './checkout-saga.ts';
import { decodeEdit, type EditData } from './edit-data.ts';
import { fromStored } from './saga-data.ts';

/** The saga's kind. */
export const EDIT = 'edit';

/** What an edit works with. */
export interface EditServices {
  readonly stock: AddedStock;
  readonly payments: AddedPayments;
  readonly clock: Clock;
  /** A new saga, waiting to be taken up. */
  readonly later: (saga: Pick<Saga, 'kind' | 'subjectId' | 'orderId' | 'data' | 'stage'>) => Saga;
}

/**
 * Reserve what is added and authorise the difference; commit and capture; then change the order in one transaction. A
 * refusal gives everything back and leaves the order as it was. What is paid back and restocked after the change has no
 * way back and is a cancellation's saga, begun in that transaction.
 */
export function editSaga(services: EditServices): SagaDefinition<EditData, OrderTransaction> {
  const { stock, payments, clock } = services;
  const hasAdded = (data: EditData): boolean => data.lines.length > 0;
  const isPaidFor = (data: EditData): boolean => BigInt(data.amount.minor) > 0n;
  const purchase = ({ editId, orderId }: EditData): { purchaseId: string; orderId: string } => ({
    purchaseId: editId,
    orderId,
  });
  return {
    kind: EDIT,
    decode: decodeEdit,
    onRefusal: 'compensate',
    stages: [
      {
        // ConfirmOrderEdit has done it: the order is held.
        name: 'begin',
        run: async () => undefined,
        undo: async (tx, data, refusal) => {
          const { order, edit } = await lockBoth(tx, data);
          const failed = failEdit(order, edit, refusal, clock.now());
          await tx.edits.hold(order.orderId, undefined);
          await tx.saveOrder(order, failed.order);
          await tx.edits.save(failed.edit);
        },
      },
      {
        when: hasAdded,
        steps: [
          {
            name: 'reserve',
            timeoutMs: 2_000,
            retry: RETRY,
            action: async (data, call) => ({
              allocations: await stock.reserve({ ...purchase(data), ...data }, call),
            }),
            compensation: async (data, call) => {
              const held = data.allocations.length > 0 ? data.allocations : data.lines;
              const lines = held.map((units) => ({ locationId: '', ...units }));
              await stock.giveBack(purchase(data), lines, call);
              return {};
            },
          },
        ],
      },
      {
        when: isPaidFor,
        steps: [
          {
            name: 'authorize',
            timeoutMs: 5_000,
            retry: RETRY,
            action: async (data, call) => ({
              paymentId: await payments.authorize(
                { ...purchase(data), ...data, amount: fromStored(data.amount) },
                call,
              ),
              // Forgotten as soon as it has done its work.
              paymentMethod: '',
            }),
            compensation: async (data, call) => {
              const key = call.key.replace(/:undo$/, '');
              await payments.giveBack(key, fromStored(data.amount), purchase(data), call);
              return { paymentMethod: '' };
            },
          },
        ],
      },
      {
        when: hasAdded,
        steps: [
          {
            name: 'commit',
            timeoutMs: 2_000,
            retry: RETRY,
            action: async (data, call) => {
              await stock.commit(purchase(data), call);
              return {};
            },
          },
        ],
      },
      {
        when: isPaidFor,
        steps: [
          {
            name: 'capture',
            timeoutMs: 5_000,
            retry: RETRY,
            action: async (data, call) => {
              await payments.capture(data.paymentId, call);
              return {};
            },
          },
        ],
      },
      {
        name: 'apply',
        run: async (tx, data) => {
          const { order, edit } = await lockBoth(tx, data);
          await applyIn(tx, services, order, edit, data);
        },
      },
    ],
  };
}

async function applyIn(
  tx: OrderTransaction,
  { clock, later }: EditServices,
  before: Order,
  staged: OrderEdit,
  data: EditData,
): Promise<void> {
  const { orderId } = before;
  const change = { actor: staged.actor, reason: `edit:${staged.editId}`, now: clock.now() };
  const { order, edit, removed, refund } = applyEdit(before, staged, change);
  const held = await tx.lockAllocations(orderId);
  let left = held;
  const back: LocatedUnits[] = [];
  for (const { line, quantity } of removed) {
    const taken = cancelFrom(left, line, quantity);
    left = taken.allocations;
    back.push(...taken.back);
  }
  await tx.edits.hold(orderId, undefined);
  await tx.edits.grow(before, order);
  await tx.saveOrder(before, order);
  await tx.saveAllocations(orderId, held, left);
  await tx.edits.addAllocations(orderId, data.allocations);
  await tx.edits.save(edit);
  await tx.tell([{ type: 'edited', order, edit }]);
  if (removed.length === 0) return;
  const cancellation = cancellationData(order, edit.editId, refund, back);
  await tx.insertSaga(
    later({ kind: CANCELLATION, subjectId: edit.editId, orderId, data: cancellation, stage: 0 }),
  );
}

async function lockBoth(
  tx: OrderTransaction,
  { orderId, editId }: EditData,
): Promise<{ readonly order: Order; readonly edit: OrderEdit }> {
  const order = await tx.lockOrder(orderId);
  const locked = await tx.edits.lock(editId);
  if (order === undefined || locked === undefined) throw new Error(`edit ${editId} is gone`);
  return { order, edit: locked.edit };
}
