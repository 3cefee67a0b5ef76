import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  ListOrdersRequestSchema,
  ListReturnsRequestSchema,
  ListSagasRequestSchema,
  type OrderService,
  OrderView,
} from '@souk/gen/souk/order/v1/order_service_pb';
import type { Clock } from '@souk/kernel';
import { fingerprintOf, type OwnerScope, ownerScope, type PageTokens, pageSizeOf } from '@souk/rpc';
import type { Cursor, ListedOrder, OrderPorts } from '../app/ports.ts';
import type { Saga } from '../app/saga/saga.ts';
import { type OrderIdRange, orderIdsOf } from '../domain/order-number.ts';
import type { OrderReturn } from '../domain/order-return.ts';
import { ORDER_STATES, SAGA_STATES } from '../events/contract-enums.ts';
import { dateFromProto } from './from-proto.ts';
import { listedToProto, returnToProto, sagaToProto } from './to-proto.ts';

const DEFAULT_PAGE = 20;
const NO_ID = '00000000-0000-0000-0000-000000000000';
const LARGEST_PAGE = 100;

interface ListRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

/** The RPCs that answer in pages. */
export function listHandlers(
  { store, sagas, clock }: OrderPorts,
  pageTokens: PageTokens,
): Pick<ServiceImpl<typeof OrderService>, 'listOrders' | 'listReturns' | 'listSagas'> {
  /** Reads one row more than the page holds, which tells whether there is a next page. */
  const page = async <Desc extends DescMessage, Row>(
    schema: Desc,
    request: MessageShape<Desc> & ListRequest,
    owner: string,
    keyOf: (row: Row) => readonly string[],
    read: (cursor: readonly string[] | undefined, limit: number) => Promise<readonly Row[]>,
  ): Promise<{ rows: readonly Row[]; nextPageToken: string }> => {
    // A token made for one customer's list is no good for another's.
    const fingerprint = `${fingerprintOf(schema, request)}:${owner}`;
    const size = pageSizeOf(request.pageSize, DEFAULT_PAGE, LARGEST_PAGE);
    const rows = await read(pageTokens.decode(request.pageToken, fingerprint), size + 1);
    const last = rows.length > size ? rows[size - 1] : undefined;
    const nextPageToken = last === undefined ? '' : pageTokens.encode(keyOf(last), fingerprint);
    return { rows: rows.slice(0, size), nextPageToken };
  };

  return {
    async listOrders(request, context) {
      const customerId = ownerOf(ownerScope(context), request.customerId);
      const { rows, nextPageToken } = await page(
        ListOrdersRequestSchema,
        request,
        customerId ?? '',
        ({ order }: ListedOrder) => [order.orderTime.toISOString(), order.orderId],
        (cursor, limit) =>
          store.listOrders({
            customerId,
            states: request.states.flatMap((state) => ORDER_STATES.fromProto(state) ?? []),
            from: dateFromProto(request.startTime),
            until: dateFromProto(request.endTime),
            email: request.email === '' ? undefined : request.email,
            sku: request.sku === '' ? undefined : request.sku,
            orderIds: request.orderNumber === '' ? undefined : idsOf(request.orderNumber),
            after: timeCursor(cursor),
            limit,
            withLines: request.view === OrderView.FULL,
          }),
      );
      return { orders: rows.map(listedToProto), nextPageToken };
    },

    async listReturns(request, context) {
      const customerId = ownerOf(ownerScope(context), '');
      const { rows, nextPageToken } = await page(
        ListReturnsRequestSchema,
        request,
        customerId ?? '',
        (row: OrderReturn) => [row.returnTime.toISOString(), row.returnId],
        (cursor, limit) =>
          store.listReturns({
            customerId,
            orderId: request.orderId === '' ? undefined : request.orderId,
            after: timeCursor(cursor),
            limit,
          }),
      );
      return { orderReturns: rows.map(returnToProto), nextPageToken };
    },

    async listSagas(request) {
      const { rows, nextPageToken } = await page(
        ListSagasRequestSchema,
        request,
        '',
        (row: Saga) => [row.sagaId],
        (cursor, limit) =>
          store.listSagas({
            orderId: request.orderId === '' ? undefined : request.orderId,
            includeEnded: request.includeEnded,
            states: request.states.flatMap((state) => SAGA_STATES.fromProto(state) ?? []),
            begunBefore: beforeSeconds(clock, request.minAgeSeconds),
            after: cursor?.[0],
            limit,
          }),
      );
      return { sagas: rows.map((saga) => sagaToProto(saga, sagas.stepsOf(saga))), nextPageToken };
    },
  };
}

/** Whose rows a list shows: the caller's own, or those asked for by someone who may see all. */
function ownerOf(scope: OwnerScope, asked: string): string | undefined {
  if (scope.kind === 'own') return scope.id;
  return asked === '' ? undefined : asked;
}

/** What is no number stands for no order. */
function idsOf(orderNumber: string): OrderIdRange {
  return orderIdsOf(orderNumber) ?? { first: NO_ID, last: NO_ID };
}

function timeCursor(cursor: readonly string[] | undefined): Cursor | undefined {
  const [time = '', id = ''] = cursor ?? [];
  return cursor && { time: new Date(time), id };
}

/** The instant so many seconds ago; undefined for none. */
function beforeSeconds(clock: Clock, seconds: number): Date | undefined {
  return seconds === 0 ? undefined : new Date(clock.now().getTime() - seconds * 1_000);
}
