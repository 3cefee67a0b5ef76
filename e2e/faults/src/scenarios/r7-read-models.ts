import { setTimeout as sleep } from 'node:timers/promises';
import { AnalyticsService } from '@souk/gen/souk/analytics/v1/analytics_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { newId } from '@souk/kernel';
import { MongoClient } from 'mongodb';
import { z } from 'zod';
import { readEngines, readPlatform } from '../../../support/platform.ts';
import { checkOut } from '../buyer.ts';
import { Findings } from '../findings.ts';
import { adminToken } from '../goods.ts';
import { mapInFlight } from '../in-flight.ts';
import { randomFrom } from '../random.ts';
import { openMesh } from '../rig/mesh.ts';
import { setScene } from '../scene.ts';
import type { Scenario } from '../scenario.ts';

const SKUS = 40;
const EVERY_MS = 200;
const LAG_P99_MS = 2_000;
const EQUAL_WITHIN_MS = 5_000;
/** What a machine that runs other tests besides is given instead. */
const BUSY = 5;
const LOOK_EVERY_MS = 50;

const view = z.object({ _id: z.string(), levels: z.record(z.string(), z.object({ onHand: z.number() })) });

/** R7: read models under 200 events a second, and after a quiet moment. */
export const readModels: Scenario = {
  id: 'R7',
  promise: 'read models follow within 2 s (p99), and after 5 s of quiet equal a rebuild',
  async play({ seed, size }) {
    const [rounds, buyers, slack] = size === 'full' ? [100, 20, 1] : [20, 4, BUSY];
    const findings = new Findings();
    const random = randomFrom(seed);
    const scene = await setScene(
      buyers,
      Array.from({ length: buyers }, () => 1),
    );
    const mesh = openMesh();
    const mongo = new MongoClient(readEngines().mongodb);
    try {
      const token = await adminToken();
      const inventory = mesh.client(InventoryService, { token });
      const skus = Array.from({ length: SKUS }, () => `LAG-${newId().slice(-12)}`);
      const collection = mongo
        .db(`${readPlatform().namespace}_inventory`)
        .collection<{ _id: string }>('availability');
      const seen = new Map<string, number>();
      const committed: { readonly sku: string; readonly units: number; readonly at: number }[] = [];
      const lags: number[] = [];

      const look = async (): Promise<void> => {
        const documents = await collection.find({ _id: { $in: skus } }).toArray();
        const now = Date.now();
        for (const { _id: sku, levels } of z.array(view).parse(documents))
          seen.set(
            sku,
            Object.values(levels).reduce((sum, { onHand }) => sum + onHand, 0),
          );
        for (let index = committed.length - 1; index >= 0; index -= 1) {
          const each = committed[index];
          if (each === undefined || (seen.get(each.sku) ?? 0) < each.units) continue;
          lags.push(now - each.at);
          committed.splice(index, 1);
        }
      };
      let isWriting = true;
      const looking = (async (): Promise<void> => {
        const until = (): boolean => isWriting || committed.length > 0;
        for (let quietSince = Infinity; until() && Date.now() - quietSince < slack * EQUAL_WITHIN_MS; ) {
          await look();
          if (!isWriting && quietSince === Infinity) quietSince = Date.now();
          await sleep(LOOK_EVERY_MS);
        }
      })();
      const selling = mapInFlight(scene.buyers, 4, (buyer) =>
        checkOut(buyer, { withinMs: 60_000, random, onCall: () => undefined }),
      );
      for (let round = 1; round <= rounds; round += 1) {
        const next = sleep(EVERY_MS);
        await inventory.receiveStock({
          requestId: newId(),
          lines: skus.map((sku) => ({ sku, quantity: 1n })),
        });
        const at = Date.now();
        committed.push(...skus.map((sku) => ({ sku, units: round, at })));
        await next;
      }
      await selling;
      isWriting = false;
      await looking;
      findings.expect(
        'every change arrives',
        committed.length === 0,
        'availability',
        `${committed.length} did not`,
      );
      lags.sort((left, right) => left - right);
      const p99 = lags[Math.floor(lags.length * 0.99)] ?? Infinity;
      findings.expect('the lag is short', p99 <= slack * LAG_P99_MS, 'availability', `p99 ${p99} ms`);

      const analytics = mesh.client(AnalyticsService, { token });
      const reviews = mesh.client(ReviewService, { token });
      const compare = async (): Promise<Readonly<Record<string, string>>> => {
        const [stock, sales, ratings] = await Promise.all([
          inventory.rebuildAvailability({ validateOnly: true }),
          analytics.rebuildSales({ validateOnly: true }),
          reviews.rebuildRatings({ validateOnly: true }),
        ]);
        return {
          availability: stock.differingSkus.join(),
          sales: sales.differingCount === 0n ? '' : `${sales.differingCount} facts differ`,
          ratings: ratings.differingProductIds.join(),
        };
      };
      const until = Date.now() + slack * EQUAL_WITHIN_MS;
      let differences = await compare();
      while (Object.values(differences).some((text) => text !== '') && Date.now() < until) {
        await sleep(EVERY_MS);
        differences = await compare();
      }
      for (const [model, difference] of Object.entries(differences))
        findings.expect('equal to a rebuild', difference === '', model, difference.slice(0, 200));
      const p50 = lags[Math.floor(lags.length / 2)] ?? Infinity;
      return {
        injected: [
          `${rounds * SKUS} changes of stock at ${(SKUS * 1_000) / EVERY_MS} a second, ${buyers} checkouts beside`,
        ],
        checked: [...findings.checked, `lag: p50 ${p50} ms, p99 ${p99} ms over ${lags.length} changes`],
        broken: findings.broken,
      };
    } finally {
      mesh.close();
      await mongo.close();
    }
  },
};
