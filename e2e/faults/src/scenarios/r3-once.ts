import { toJsonString } from '@bufbuild/protobuf';
import { OrderSchema, PaymentState } from '@souk/gen/souk/order/v1/order_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { isReason } from '@souk/rpc';
import { eventually, startFaultProxy } from '@souk/testing';
import { readPlatform } from '../../../support/platform.ts';
import { checkOut, orderOf } from '../buyer.ts';
import { check } from '../checker/check.ts';
import type { BuyerFact } from '../facts/facts.ts';
import { settleAndRead } from '../facts/settle.ts';
import { Findings } from '../findings.ts';
import { mapInFlight } from '../in-flight.ts';
import { strikeNow } from '../nemesis.ts';
import { type Random, randomFrom } from '../random.ts';
import { counted } from '../report.ts';
import { openMesh } from '../rig/mesh.ts';
import { whileProviderFails } from '../rig/provider-faults.ts';
import { type Buyer, setScene } from '../scene.ts';
import type { Scenario } from '../scenario.ts';

const CALLS_AT_ONCE = 50;
const WITHIN_MS = 120_000;
/** Longer than payment waits for its provider. */
const PROVIDER_LATE_MS = 2_500;

/** R3: one request, one effect: sent fifty times at once, with replies lost, and with a provider that succeeds in silence. */
export const once: Scenario = {
  id: 'R3',
  promise: 'a request has one effect and one answer, however often it is sent and whatever reply is lost',
  async play({ seed, size }) {
    const [lost, late] = size === 'full' ? [50, 100] : [2, 8];
    const random = randomFrom(seed);
    const count = 1 + lost + late;
    const scene = await setScene(
      count,
      Array.from({ length: count }, () => 1),
    );
    const since = new Date();
    const findings = new Findings();
    const [same, ...others] = scene.buyers;
    if (same === undefined) throw new Error('nobody buys');

    const first = await sendManyTimes(same, random, findings);
    const { histories: withLoss, dropped } = await loseReplies(others.slice(0, lost), random);
    const silent = await whileProviderFails(
      [
        { kind: 'delay', operation: 'authorize', times: Math.ceil(late / 4), delay_ms: PROVIDER_LATE_MS },
        { kind: 'delay', operation: 'capture', times: Math.ceil(late / 4), delay_ms: PROVIDER_LATE_MS },
        { kind: 'drop_reply', operation: 'authorize', times: Math.ceil(late / 2) },
        { kind: 'drop_reply', operation: 'capture', times: Math.ceil(late / 2) },
      ],
      () => mapInFlight(others.slice(lost), 16, (buyer) => checkOut(buyer, patience(random))),
    );

    const histories = [first, ...withLoss, ...silent];
    const facts = await settleAndRead(scene, histories, since);
    const charges = facts.provider.movements.filter(({ type }) => type === 'charge').length;
    findings.expect('as many charges as buyers', charges === count, 'provider', `${charges} of ${count}`);
    return {
      injected: [
        `one PlaceOrder ${CALLS_AT_ONCE} times at once, then with another body`,
        `${dropped} replies of PlaceOrder lost after the work was done, order killed at every other`,
        `${late} checkouts whose provider succeeds and then times out or hangs up`,
      ],
      checked: [...findings.checked, `answers: ${counted(histories.flatMap(({ calls }) => calls))}`],
      broken: [...findings.broken, ...check(facts)],
    };
  },
};

function patience(random: Random): Parameters<typeof checkOut>[1] {
  return { withinMs: WITHIN_MS, random, onCall: () => undefined };
}

/** Past the edge, which would let a buyer through thirty times only. */
async function sendManyTimes(buyer: Buyer, random: Random, findings: Findings): Promise<BuyerFact> {
  const mesh = openMesh();
  try {
    const orders = mesh.client(OrderService, { token: buyer.token });
    const request = orderOf(buyer);
    const bodies = await Promise.all(
      Array.from({ length: CALLS_AT_ONCE }, () =>
        // In flight already, or not paid yet: asked again, it has to be told the same.
        eventually(
          async () => {
            const { order } = await orders.placeOrder(request);
            if (order?.paymentState !== PaymentState.CAPTURED) throw new Error('not paid yet');
            return toJsonString(OrderSchema, order);
          },
          { withinMs: WITHIN_MS },
        ),
      ),
    );
    findings.expect('equal answers', new Set(bodies).size === 1, buyer.requestId, counted(bodies));
    const refusal = await orders.placeOrder({ ...request, paymentMethod: 'pm_card_mastercard' }).then(
      () => 'was done',
      (error: unknown) => (isReason(error, 'REQUEST_ID_REUSED') ? 'refused' : String(error)),
    );
    findings.expect(
      'another body under the same key is refused',
      refusal === 'refused',
      buyer.requestId,
      refusal,
    );
  } finally {
    mesh.close();
  }
  return checkOut(buyer, patience(random));
}

/** The reply of each buyer's first call is cut off at the edge; at every other, order dies at that very moment. */
async function loseReplies(
  buyers: readonly Buyer[],
  random: Random,
): Promise<{ histories: readonly BuyerFact[]; dropped: number }> {
  const edge = new URL(readPlatform().edge);
  let dropped = 0;
  const histories = await mapInFlight(buyers, 4, async (buyer, index) => {
    const proxy = await startFaultProxy({ host: edge.hostname, port: Number(edge.port) });
    let killing = Promise.resolve<unknown>(undefined);
    proxy.dropReplies(1, () => {
      dropped += 1;
      if (index % 2 === 1) killing = strikeNow('order');
    });
    try {
      const base = `http://127.0.0.1:${proxy.port}`;
      return await checkOut(buyer, { ...patience(random), base });
    } finally {
      await killing;
      await proxy.close();
    }
  });
  return { histories, dropped };
}
