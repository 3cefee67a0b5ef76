import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { type OrderEditSchema, OrderEditState } from '@souk/gen/souk/order/v1/edit_pb';
import type {
  OrderEditService,
  EditChange as EditChangeMessage,
} from '@souk/gen/souk/order/v1/edit_service_pb';
import { callOf, moneyToProto, ownerScope } from '@souk/rpc';
import {
  confirmOrderEdit,
  discardOrderEdit,
  type EditPorts,
  findEdit,
  stageOrderEdit,
} from '../app/edit-order.ts';
import { findOrder } from '../app/find-order.ts';
import type { EditChange, OrderEdit } from '../domain/order-edit.ts';
import { actorOf, answerBy, keyOf } from './from-proto.ts';
import { lineToProto } from './to-proto.ts';

const CONFIRM_MS = 10_000;

const STATES = {
  staged: OrderEditState.STAGED,
  applying: OrderEditState.APPLYING,
  applied: OrderEditState.APPLIED,
  discarded: OrderEditState.DISCARDED,
  failed: OrderEditState.FAILED,
} as const;

/** The RPCs about edits. */
export function editHandlers(ports: EditPorts): ServiceImpl<typeof OrderEditService> {
  return {
    async stageOrderEdit(request, context) {
      const edit = await stageOrderEdit(ports, {
        key: keyOf(callOf(context), request.requestId),
        orderId: request.orderId,
        scope: ownerScope(context),
        actor: actorOf(context),
        changes: request.changes.flatMap(changeFromProto),
        note: request.note,
      });
      return { edit: editToProto(edit) };
    },

    async getOrderEdit({ editId }, context) {
      return { edit: editToProto(await findEdit(ports.edits, editId, ownerScope(context))) };
    },

    async listOrderEdits({ orderId }, context) {
      await findOrder(ports.store, orderId, ownerScope(context));
      return { edits: (await ports.edits.list(orderId)).map(editToProto) };
    },

    async confirmOrderEdit(request, context) {
      const call = callOf(context);
      const edit = await confirmOrderEdit(ports, {
        key: keyOf(call, request.requestId),
        editId: request.editId,
        scope: ownerScope(context),
        paymentMethod: request.paymentMethod,
        until: answerBy(call, CONFIRM_MS),
      });
      return { edit: editToProto(edit) };
    },

    async discardOrderEdit({ editId }, context) {
      return { edit: editToProto(await discardOrderEdit(ports, editId, ownerScope(context))) };
    },
  };
}

function changeFromProto({ change }: EditChangeMessage): EditChange[] {
  if (change.case === undefined) return [];
  const { quantity } = change.value;
  return change.case === 'add'
    ? [{ kind: 'add', sku: change.value.sku, quantity }]
    : [{ kind: 'set', lineId: change.value.lineId, quantity }];
}

function editToProto(edit: OrderEdit): MessageInitShape<typeof OrderEditSchema> {
  const { failure, settleTime } = edit;
  return {
    editId: edit.editId,
    orderId: edit.orderId,
    state: STATES[edit.state],
    added: edit.added.map(lineToProto),
    removed: edit.removed.map((units) => ({
      ...{ lineId: units.lineId, sku: units.sku, quantity: units.quantity },
      net: moneyToProto(units.net),
      tax: moneyToProto(units.tax),
      total: moneyToProto(units.total),
    })),
    difference: moneyToProto(edit.difference),
    note: edit.note,
    actor: edit.actor,
    createTime: timestampFromDate(edit.createTime),
    expireTime: timestampFromDate(edit.expireTime),
    ...(settleTime && { settleTime: timestampFromDate(settleTime) }),
    ...(failure && { failure: { ...failure, metadata: { ...failure.metadata } } }),
    returnId: edit.returnId ?? '',
  };
}
