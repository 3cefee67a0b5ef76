import type { DescService } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { serviceNameOf } from '@souk/rpc';
import { readPlatform } from '../../../support/platform.ts';
import type { Children, Lane } from '../rig/children.ts';
import { type PassingCall, type RpcProxy, startRpcProxy, type Verdict } from '../rig/rpc-proxy.ts';

/** Where a call of a saga is hit: order dies before it arrives, or after it was done, or its reply alone is lost. */
export const POINTS = ['crash before', 'crash after', 'reply lost'] as const;

/** Where a call is hit. */
export type Point = (typeof POINTS)[number];

/** One call of a saga, by its path and how many calls of that path came before, and what happens to it. */
export interface FaultPoint {
  readonly path: string;
  readonly nth: number;
  readonly point: Point;
}

/** Processes of order that reach other services through proxies, one in use and one ready to take its place. */
export interface FaultyOrder {
  /** Where order may be asked now. */
  address(): Promise<string>;
  /** Begins a run: its changing calls are noted, and one of them is hit if told so. */
  begin(fault: FaultPoint | undefined, interfere?: (call: PassingCall) => Promise<void>): void;
  /** Changing calls of the run so far, by path, in the order in which they came. */
  calls(): readonly string[];
  /** Resolves when the fault has struck. */
  struck(): Promise<void>;
  close(): Promise<void>;
}

const CALLED: readonly DescService[] = [InventoryService, PaymentService, CartService];
/** Nobody but the platform's own order takes up what a crash leaves, so that each process has one saga at a time. */
const NO_RECOVERY_MS = '3600000';
const PROCESSES = 2;

/** What a saga does is what changes something; reads may be hit at any time without a trace. */
const CHANGING: ReadonlySet<string> = new Set(
  CALLED.flatMap((service) =>
    service.methods
      .filter(({ idempotency }) => idempotency !== MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS)
      .map(({ name }) => `/${service.typeName}/${name}`),
  ),
);

/** Starts order's processes and their proxies. */
export async function startFaultyOrder(children: Children): Promise<FaultyOrder> {
  let calls: string[] = [];
  let fault: FaultPoint | undefined;
  let interfere: (call: PassingCall) => Promise<void> = async () => undefined;
  let strike = Promise.withResolvers<undefined>();
  let current = 0;
  const lanes: { readonly lane: Lane; ready: Promise<void> }[] = [];

  const crash = async (): Promise<void> => {
    const dying = lanes[current];
    if (dying === undefined) return;
    current = (current + 1) % lanes.length;
    await dying.lane.kill();
    dying.ready = dying.lane.start();
    dying.ready.catch(() => undefined);
  };
  const judge = async (call: PassingCall): Promise<Verdict> => {
    if (!CHANGING.has(call.path)) return 'pass';
    const nth = calls.filter((each) => each === call.path).length;
    calls.push(call.path);
    await interfere(call);
    if (fault?.path !== call.path || fault.nth !== nth) return 'pass';
    const { point } = fault;
    if (point === 'crash before') {
      await crash();
      strike.resolve(undefined);
      return 'lose-request';
    }
    hit.set(call, point);
    return 'lose-reply';
  };
  const hit = new Map<PassingCall, Point>();
  const done = async (call: PassingCall): Promise<void> => {
    const point = hit.get(call);
    if (point === undefined) return;
    hit.delete(call);
    if (point === 'crash after') await crash();
    strike.resolve(undefined);
  };

  const proxies: RpcProxy[] = [];
  const environment: Record<string, string> = { SOUK_ORDER_SAGA_POLL_MS: NO_RECOVERY_MS };
  for (const service of CALLED) {
    const name = serviceNameOf(service.typeName);
    const proxy = await startRpcProxy(`127.0.0.1:${readPlatform().services[name]?.[0] ?? 0}`, {
      judge,
      done,
    });
    proxies.push(proxy);
    environment[`SOUK_${name.toUpperCase()}_ADDRESS`] = proxy.address;
  }
  for (let index = 0; index < PROCESSES; index += 1) {
    const lane = await children.lane('order', environment);
    lanes.push({ lane, ready: lane.start() });
  }
  await Promise.all(lanes.map(({ ready }) => ready));

  return {
    async address() {
      const now = lanes[current];
      await now?.ready;
      return now?.lane.address ?? '';
    },
    begin(next, meddle = async () => undefined) {
      calls = [];
      fault = next;
      interfere = meddle;
      strike = Promise.withResolvers();
    },
    calls: () => [...calls],
    struck: () => strike.promise.then(() => undefined),
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}
