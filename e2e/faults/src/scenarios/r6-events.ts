import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@souk/kernel';
import { openSql } from '@souk/sql';
import { z } from 'zod';
import { judgeEvents, type EventBooks } from '../events/judge.ts';
import { HELD, hostOf, migrations, type Setting, toEnvironment } from '../events/setting.ts';
import { randomFrom, wholeBetween } from '../random.ts';
import { counted } from '../report.ts';
import { startBroker } from '../rig/broker.ts';
import { type Child, openChildren } from '../rig/children.ts';
import type { Scenario } from '../scenario.ts';

const PROGRAMS = 'e2e/faults/src/events';
const WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 250;

const event = z.object({ aggregate: z.string(), number: z.number() });

/** R6: events from transaction to effect, while each link of the chain is killed. */
export const events: Scenario = {
  id: 'R6',
  promise:
    'no event is lost, each has one effect, in the order of its aggregate, also beside a transaction held open',
  async play({ seed, size }) {
    const random = randomFrom(seed);
    const [aggregates, eventsEach, heldOpen, strikes] =
      size === 'full' ? [20, 1_000, 10, 16] : [10, 200, 2, 4];
    const children = openChildren();
    try {
      const broker = await startBroker(children);
      const setting: Setting = {
        namespace: `faults${newId().slice(-12)}`,
        kafka: [broker.address],
        aggregates,
        eventsEach,
        heldOpen,
      };
      const host = hostOf(setting);
      const sql = await openSql(host, { migrations });
      const environment = {
        ...children.installation.environmentOf('inventory'),
        ...toEnvironment(setting),
      };
      const program = (name: string, file: string): Child =>
        children.program(`events-${name}`, `${PROGRAMS}/${file}.ts`, environment);
      const producer = program('producer', 'produce');
      const relays = [program('relay-1', 'relay'), program('relay-2', 'relay')];
      const consumers = [program('consumer-1', 'consume'), program('consumer-2', 'consume')];
      for (const each of [...relays, ...consumers, producer]) await each.start();

      const read = async (): Promise<EventBooks> => {
        const produced = await sql.knex('produced').select('aggregate', 'number');
        const consumed = await sql.knex('consumed').select('aggregate', 'number').orderBy('place');
        const waiting = await sql.knex('outbox').count<{ count: bigint }[]>();
        return {
          due: new Map([
            ...Array.from({ length: aggregates }, (_, index) => [`aggregate-${index}`, eventsEach] as const),
            [HELD, heldOpen],
          ]),
          produced: z.array(event).parse(produced),
          consumed: z.array(event).parse(consumed),
          unpublished: Number(waiting[0]?.count ?? 0),
        };
      };

      const targets = ['producer', 'relay', 'consumer', 'broker'] as const;
      const killed: string[] = [];
      const strike = async (target: (typeof targets)[number]): Promise<void> => {
        if (target === 'broker') {
          broker.kill();
        } else {
          const of = { producer: [producer], relay: relays, consumer: consumers }[target];
          const chosen = of[wholeBetween(random, 0, of.length)];
          // A producer that is done is not made to begin again.
          if (chosen === undefined || !chosen.isRunning()) return;
          await chosen.kill();
          await chosen.start();
        }
        killed.push(target);
      };
      for (let index = 0; index < strikes; index += 1) {
        const target = targets[index % targets.length];
        await sleep(wholeBetween(random, 300, 1_500));
        if (target !== undefined) await strike(target);
      }

      const total = aggregates * eventsEach + heldOpen;
      const until = Date.now() + WITHIN_MS;
      let books = await read();
      while ((books.consumed.length < total || books.unpublished > 0) && Date.now() < until) {
        await sleep(LOOK_EVERY_MS);
        books = await read();
      }
      const findings = judgeEvents(books);
      await host.close();
      return {
        injected: [
          `${total} events of ${aggregates + 1} aggregates, ${heldOpen} of them in transactions held open for 2 s`,
          `kills: ${counted(killed)}`,
        ],
        checked: findings.checked,
        broken: findings.broken,
      };
    } finally {
      await children.close();
    }
  },
};
