import { setTimeout as sleep } from 'node:timers/promises';
import { StockChangedSchema } from '@souk/gen/souk/inventory/events/v1/inventory_events_pb';
import { fact } from '@souk/messaging';
import { appendOutbox, openSql } from '@souk/sql';
import { HELD, migrations, readSetting } from './setting.ts';

// Makes events: each with its effect in one transaction, going on after a kill where the database says it was.
const AT_ONCE = 5;
const HELD_MS = 2_000;

const { setting, host } = readSetting();
const sql = await openSql(host, { migrations });

async function last(aggregate: string): Promise<number> {
  const row = await sql.knex('produced').where({ aggregate }).max<{ max: number | null }>('number').first();
  return row?.max ?? 0;
}

async function make(aggregate: string, numbers: readonly number[], holdMs: number): Promise<void> {
  await sql.transaction(async (trx) => {
    await trx('produced').insert(numbers.map((number) => ({ aggregate, number })));
    await appendOutbox(
      trx,
      numbers.map((number) =>
        fact(host, StockChangedSchema, { sku: aggregate, version: BigInt(number) }, { subject: aggregate }),
      ),
    );
    if (holdMs > 0) await sleep(holdMs);
  });
}

async function all(aggregate: string, count: number, atOnce: number, holdMs: number): Promise<void> {
  for (let done = await last(aggregate); done < count; ) {
    const next = Math.min(atOnce, count - done);
    const numbers = Array.from({ length: next }, (_, index) => done + index + 1);
    try {
      await make(aggregate, numbers, holdMs);
      done += next;
    } catch {
      // Whether it was committed is known to the database alone.
      await sleep(100);
      done = await last(aggregate).catch(() => done);
    }
  }
}

await Promise.all([
  ...Array.from({ length: setting.aggregates }, (_, index) =>
    all(`aggregate-${index}`, setting.eventsEach, AT_ONCE, 0),
  ),
  all(HELD, setting.heldOpen, 1, HELD_MS),
]);
process.exit(0);
