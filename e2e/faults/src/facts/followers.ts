import {
  OrderCancelledSchema,
  OrderConfirmedSchema,
  OrderRejectedSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import { connectKafka } from '@souk/messaging';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { z } from 'zod';
import { readEngines, readPlatform } from '../../../support/platform.ts';
import type { Scene } from '../scene.ts';
import type { Followers, Levels, ToldFact } from './facts.ts';
import { outsideHost } from './outside-host.ts';

const level = z.object({ onHand: z.number(), reserved: z.number(), damaged: z.number() });
const viewDocument = z.object({ levels: z.record(z.string(), level) });

/** Reads what follows the books, in each store itself. */
export async function readFollowers(scene: Scene, orderIds: ReadonlySet<string>): Promise<Followers> {
  const [told, inCarts, view] = await Promise.all([
    readTold(orderIds),
    readCarts(scene),
    readView(scene.sku),
  ]);
  return { told, inCarts, view };
}

async function readTold(orderIds: ReadonlySet<string>): Promise<ToldFact[]> {
  const host = outsideHost();
  const told: ToldFact[] = [];
  try {
    await connectKafka(host).readAll({
      batch: {
        maxSize: 500,
        schemas: [OrderConfirmedSchema, OrderRejectedSchema, OrderCancelledSchema],
        async handle(items) {
          for (const { meta } of items)
            if (orderIds.has(meta.subject))
              told.push({
                orderId: meta.subject,
                type: meta.type.slice(meta.type.lastIndexOf('.') + 1),
                eventId: meta.id,
              });
        },
      },
    });
  } finally {
    await host.close();
  }
  return told;
}

async function readCarts({ sku, buyers }: Scene): Promise<Record<string, number>> {
  const redis = new Redis(readEngines().redis, { keyPrefix: `${readPlatform().namespace}:cart:` });
  try {
    const units = buyers.map(async ({ buyerId }) => {
      const cartId = await redis.get(`{${buyerId}}:current`);
      const left = cartId === null ? null : await redis.hget(`{${buyerId}}:cart:${cartId}`, `q:${sku}`);
      return [buyerId, Number(left ?? 0)] as const;
    });
    return Object.fromEntries(await Promise.all(units));
  } finally {
    redis.disconnect();
  }
}

async function readView(sku: string): Promise<Levels> {
  const client = new MongoClient(readEngines().mongodb);
  try {
    const found = await client
      .db(`${readPlatform().namespace}_inventory`)
      .collection<{ _id: string }>('availability')
      .findOne({ _id: sku });
    const levels = found === null ? [] : Object.values(viewDocument.parse(found).levels);
    const sum = (field: keyof Levels): number => levels.reduce((total, each) => total + each[field], 0);
    return { onHand: sum('onHand'), reserved: sum('reserved'), damaged: sum('damaged') };
  } finally {
    await client.close();
  }
}
