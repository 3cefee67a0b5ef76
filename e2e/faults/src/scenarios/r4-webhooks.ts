import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { PaymentState } from '@souk/gen/souk/order/v1/order_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { eventually } from '@souk/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkOut, orderOf } from '../buyer.ts';
import { judgeCrashes } from '../crash/judge.ts';
import { settleAndRead } from '../facts/settle.ts';
import type { Findings } from '../findings.ts';
import { adminToken } from '../goods.ts';
import { mapInFlight } from '../in-flight.ts';
import { type Random, randomFrom, wholeBetween } from '../random.ts';
import { type Children, openChildren } from '../rig/children.ts';
import { startLyingProvider } from '../rig/lying-provider.ts';
import { type Mesh, openMesh } from '../rig/mesh.ts';
import { askProvider, whileProviderFails } from '../rig/provider-faults.ts';
import { type Buyer, setScene } from '../scene.ts';
import type { Scenario } from '../scenario.ts';

const COPIES = 10;
const HELD_MS = 3_000;
const ACTION_MS = 3_000;
const ANSWER_WITHIN_MS = 120_000;

/** R4: webhooks early, ten times, out of order, late and after the order's time; a provider whose books differ. */
export const webhooks: Scenario = {
  id: 'R4',
  promise:
    'whenever webhooks come there is an order or nothing is taken; reconciliation finds every break and no other',
  async play({ seed, size }) {
    const [bought, challenged, breaks] = size === 'full' ? [50, 12, 50] : [10, 3, 10];
    const random = randomFrom(seed);
    const count = bought + challenged;
    const children = openChildren();
    const mesh = openMesh();
    try {
      const scene = await setScene(
        count,
        Array.from({ length: count }, () => 1),
      );
      const since = new Date();
      const buyers = scene.buyers.slice(0, bought);
      const patience = { withinMs: ANSWER_WITHIN_MS, random, onCall: () => undefined };
      await whileProviderFails(
        [
          { kind: 'early_webhooks', times: bought },
          { kind: 'duplicate_webhooks', times: 2 * bought, copies: COPIES },
          { kind: 'shuffle_webhooks', times: bought, copies: 4 },
          { kind: 'hold_webhooks', times: Math.ceil(bought / 2), delay_ms: HELD_MS },
        ],
        async () => {
          await mapInFlight(buyers, 8, (buyer) => checkOut(buyer, patience));
          await sleep(HELD_MS);
        },
      );
      await payAtTheLastMoment(children, mesh, scene.buyers.slice(bought), random);

      const facts = await settleAndRead(scene, [], since);
      const findings = judgeCrashes(
        scene.buyers.map(({ buyerId }, index) => ({
          buyerId,
          name: index < bought ? `bought ${index}` : `challenged ${index - bought}`,
          ends: index < bought ? ['confirmed'] : ['confirmed', 'expired', 'rejected', 'cancelled'],
        })),
        facts,
      );
      const charges = facts.provider.movements.flatMap(({ source }) => source ?? []);
      await findBreaks({ children, mesh, since, breaks, charges }, findings);
      return {
        injected: [
          `${bought} checkouts whose webhooks come before the reply, ${COPIES} times, in reverse order and ${HELD_MS / 1_000} s late`,
          `${challenged} payments whose payer answers about when the order's time is over`,
          `${breaks} breaks between payment and its provider`,
        ],
        checked: findings.checked,
        broken: findings.broken,
      };
    } finally {
      mesh.close();
      await children.close();
    }
  },
};

/** Orders that wait for their payer for three seconds only; payers take from half to twice as long. */
async function payAtTheLastMoment(
  children: Children,
  mesh: Mesh,
  buyers: readonly Buyer[],
  random: Random,
): Promise<void> {
  const lane = await children.lane('order', { SOUK_ORDER_PAYMENT_ACTION_MS: String(ACTION_MS) });
  await lane.start();
  await Promise.all(
    buyers.map(async (buyer) => {
      const orders = mesh.client(OrderService, { token: buyer.token, address: lane.address });
      const request = orderOf({ ...buyer, paymentMethod: 'pm_card_challenge' });
      const { order } = await eventually(() => orders.placeOrder(request));
      if (order?.paymentState !== PaymentState.ACTION_REQUIRED)
        throw new Error(`a challenged order is ${order?.paymentState}`);
      const url = order.paymentAction?.redirectUrl ?? '';
      await sleep(wholeBetween(random, ACTION_MS / 2, 2 * ACTION_MS));
      // Too late it is refused, as the payment was given up.
      await askProvider('POST', `/admin/challenges/${url.slice(url.lastIndexOf('/') + 1)}`, {
        outcome: 'pass',
      }).catch(() => undefined);
    }),
  );
  // Whoever waits is looked at by the platform's own order as well; the time is stored with each.
  await sleep(ACTION_MS);
}

/** Has the provider's books differ from payment's, and looks whether each break is found and nothing else. */
async function findBreaks(
  {
    children,
    mesh,
    since,
    breaks,
    charges,
  }: {
    readonly children: Children;
    readonly mesh: Mesh;
    readonly since: Date;
    readonly breaks: number;
    readonly charges: readonly string[];
  },
  findings: Findings,
): Promise<void> {
  const third = Math.floor(breaks / 3);
  const hidden = new Set(charges.slice(0, third));
  const altered = new Set(charges.slice(third, 2 * third));
  const invented = new Map(
    Array.from({ length: breaks - hidden.size - altered.size }, (_, index) => [
      `pi_invented_${index}`,
      100 + index,
    ]),
  );
  const provider = await startLyingProvider({ hidden, altered, invented });
  try {
    const lane = await children.lane('payment', {
      SOUK_PAYMENT_PROVIDER_URL: provider.url,
      SOUK_PAYMENT_SETTLING_S: '0',
    });
    await lane.start();
    const payment = mesh.client(PaymentService, { token: await adminToken(), address: lane.address });
    const found: string[] = [];
    let pageToken = '';
    do {
      const page = await eventually(() =>
        payment.reconcilePayments({ startTime: timestampFromDate(since), pageSize: 20, pageToken }),
      );
      found.push(...page.breaks.map(({ providerReference }) => providerReference));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    const counts = Map.groupBy(found, (reference) => reference);
    for (const reference of [...hidden, ...altered, ...invented.keys()])
      findings.expect(
        'each break is found once',
        counts.get(reference)?.length === 1,
        reference,
        `${counts.get(reference)?.length ?? 0} times`,
      );
    const others = found.filter((each) => !hidden.has(each) && !altered.has(each) && !invented.has(each));
    findings.expect('no break is made up', others.length === 0, 'reconciliation', others.join());
    await lane.kill();
  } finally {
    await provider.close();
  }
}
