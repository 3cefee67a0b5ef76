import { setTimeout as sleep } from 'node:timers/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { type Client, Code, ConnectError } from '@connectrpc/connect';
import {
  CommitReservationRequestSchema,
  InventoryService,
} from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { OrderState, PaymentState, ReturnReason, ReturnState } from '@souk/gen/souk/order/v1/order_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { newId } from '@souk/kernel';
import { orderOf } from '../buyer.ts';
import { askProvider } from '../rig/provider-faults.ts';
import type { Mesh } from '../rig/mesh.ts';
import type { PassingCall } from '../rig/rpc-proxy.ts';
import type { Buyer } from '../scene.ts';

const PATIENCE_MS = 90_000;
const PAUSE_MS = 500;
/** Length and compression flag before a gRPC message. */
const PREFIX = 5;
const FOR_GOOD = new Set([
  Code.FailedPrecondition,
  Code.InvalidArgument,
  Code.NotFound,
  Code.PermissionDenied,
]);

/** What a run of a course has at hand. */
export interface Stage {
  readonly mesh: Mesh;
  readonly adminToken: string;
  /** Where the order is that faults are made for; asked first, the platform's own afterwards. */
  readonly address: string;
}

/** A way that an order may go, with a saga that has to be carried through whatever happens. */
export interface Course {
  readonly name: string;
  /** Kinds of sagas, by their definitions, that it goes through. */
  readonly kinds: readonly string[];
  /** How the order must end; several where a crash may turn it. */
  readonly ends: readonly string[];
  /** What is done before, without faults. */
  prepare?(stage: Stage, buyer: Buyer): Promise<string>;
  /** Does it, and asks again until it is known what came of it. */
  run(stage: Stage, buyer: Buyer, prepared: string): Promise<void>;
  /** Done as calls pass on their way to other services. */
  interfere?(stage: Stage): (call: PassingCall) => Promise<void>;
}

/** The courses. */
export const COURSES: readonly Course[] = [
  {
    name: 'paid',
    kinds: ['checkout'],
    ends: ['confirmed'],
    run: (stage, buyer) => place(stage, buyer, 'pm_card_visa'),
  },
  {
    name: 'declined',
    kinds: ['checkout'],
    ends: ['rejected'],
    run: (stage, buyer) => place(stage, buyer, 'pm_card_declined'),
  },
  {
    name: 'challenged',
    kinds: ['checkout'],
    ends: ['confirmed'],
    run: (stage, buyer) => place(stage, buyer, 'pm_card_challenge'),
  },
  {
    name: 'stock lost before it is sold',
    kinds: ['checkout'],
    // Whoever takes the saga up after a crash may be in time.
    ends: ['rejected', 'cancelled', 'confirmed'],
    run: (stage, buyer) => place(stage, buyer, 'pm_card_visa'),
    interfere: ({ mesh }: Stage) => {
      const inventory = mesh.client(InventoryService, { caller: 'order' });
      return async ({ path, request }: PassingCall): Promise<void> => {
        if (!path.endsWith('/CommitReservation')) return;
        const { orderId } = fromBinary(CommitReservationRequestSchema, request.subarray(PREFIX));
        await inventory.releaseReservation({ orderId, requestId: newId() }).catch(() => undefined);
      };
    },
  },
  {
    name: 'cancelled',
    kinds: ['cancellation'],
    ends: ['cancelled'],
    prepare: placed,
    run: (stage, { token }, orderId) =>
      persist(stage, token, async (orders) => {
        const { order } = await orders.cancelOrder({
          orderId,
          requestId: newId(),
          reason: 'changed my mind',
        });
        return order?.state === OrderState.CANCELLED && order.paymentState === PaymentState.REFUNDED;
      }),
  },
  {
    name: 'returned',
    kinds: ['return'],
    ends: ['returned'],
    async prepare(stage: Stage, buyer: Buyer): Promise<string> {
      const orderId = await placed(stage, buyer);
      const orders = stage.mesh.client(OrderService, { token: buyer.token });
      const { order } = await orders.getOrder({ orderId });
      const { orderReturn } = await orders.createReturn({
        requestId: newId(),
        orderId,
        lines: (order?.lines ?? []).map(({ lineId, quantity }) => ({ lineId, quantity })),
        reason: ReturnReason.UNWANTED,
      });
      return orderReturn?.returnId ?? '';
    },
    run: (stage, { requestId }, returnId) =>
      persist(stage, stage.adminToken, async (orders) => {
        const { orderReturn } = await orders.receiveReturn({ requestId, returnId });
        return orderReturn?.state === ReturnState.COMPLETED;
      }),
  },
];

function place(stage: Stage, buyer: Buyer, paymentMethod: string): Promise<void> {
  const request = orderOf({ ...buyer, paymentMethod });
  return persist(stage, buyer.token, async (orders) => {
    const { order } = await orders.placeOrder(request);
    if (order?.paymentState === PaymentState.ACTION_REQUIRED)
      await passChallenge(order.paymentAction?.redirectUrl ?? '');
    return order?.paymentState === PaymentState.CAPTURED;
  });
}

/** What the payer does at their bank; done again, it is refused. */
async function passChallenge(url: string): Promise<void> {
  const intentId = url.slice(url.lastIndexOf('/') + 1);
  await askProvider('POST', `/admin/challenges/${intentId}`, { outcome: 'pass' }).catch(() => undefined);
}

/** An order that is paid, placed where no faults are. */
async function placed({ mesh }: Stage, buyer: Buyer): Promise<string> {
  const orders = mesh.client(OrderService, { token: buyer.token });
  const request = orderOf(buyer);
  let orderId = '';
  await until(orders, async () => {
    const { order } = await orders.placeOrder(request);
    orderId = order?.orderId ?? '';
    return order?.paymentState === PaymentState.CAPTURED;
  });
  return orderId;
}

/** Asks the order with faults once, then the platform's own until it is done or refused. */
async function persist(
  { mesh, address }: Stage,
  token: string,
  ask: (orders: Client<typeof OrderService>) => Promise<boolean>,
): Promise<void> {
  const first = mesh.client(OrderService, { token, address });
  const others = mesh.client(OrderService, { token });
  await until(others, ask, first);
}

async function until(
  orders: Client<typeof OrderService>,
  ask: (orders: Client<typeof OrderService>) => Promise<boolean>,
  first = orders,
): Promise<void> {
  let next = first;
  for (const end = Date.now() + PATIENCE_MS; ; next = orders) {
    try {
      if (await ask(next)) return;
    } catch (error) {
      if (error instanceof ConnectError && FOR_GOOD.has(error.code)) return;
      if (Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error('it was not done in time');
    await sleep(PAUSE_MS);
  }
}
