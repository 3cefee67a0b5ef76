import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Envelope } from '@souk/messaging';
import { appendOutbox, openSql, relayOutbox, type Sql } from '../src/index.ts';
import { message, testHost, until } from './test-host.ts';

describe('the outbox', () => {
  const host = testHost();
  const published: Envelope[] = [];
  let brokerIsUp = true;
  let sql: Sql;
  const target = {
    publish: (envelopes: readonly Envelope[]): Promise<void> => {
      if (!brokerIsUp) return Promise.reject(new Error('broker is down'));
      published.push(...envelopes);
      return Promise.resolve();
    },
  };
  const subjects = (prefix: string): string[] =>
    published.map((envelope) => envelope.subject).filter((subject) => subject.startsWith(prefix));

  beforeAll(async () => {
    sql = await openSql(host, { migrations: [] });
    relayOutbox(host, sql, target);
    // A second replica stands by; with two at work, messages would come twice.
    relayOutbox(host, sql, target);
  });
  afterAll(() => host.stop());

  it('publishes what was committed, in order, and nothing else', async () => {
    const sent = [1, 2, 3].map((n) => message(`order-${String(n)}`));
    await sql.transaction((trx) => appendOutbox(trx, sent));
    await expect(
      sql.transaction(async (trx) => {
        await appendOutbox(trx, [message('order-lost')]);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await until(() => published.length === 3);
    expect(published.map((envelope) => ({ ...envelope, payload: String(envelope.payload) }))).toEqual(
      sent.map((envelope) => ({ ...envelope, payload: String(envelope.payload) })),
    );
  });

  it('does not skip a transaction that commits late', async () => {
    let commit = (): void => undefined;
    const late = sql.transaction(async (trx) => {
      await appendOutbox(trx, [message('late')]);
      await new Promise<void>((resolve) => {
        commit = resolve;
      });
    });
    for (let n = 0; n < 20; n += 1) await sql.transaction((trx) => appendOutbox(trx, [message('early')]));
    await until(() => subjects('early').length === 20);
    commit();
    await late;
    await until(() => subjects('late').length === 1);
  });

  it('loses nothing while the broker or the database connection is away', async () => {
    brokerIsUp = false;
    for (let n = 0; n < 5; n += 1) {
      await sql.transaction((trx) => appendOutbox(trx, [message(`held-${String(n)}`)]));
    }
    await sql.knex.raw(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%outbox relay' AND datname = current_database()",
    );
    brokerIsUp = true;
    await until(() => subjects('held').length >= 5);
    expect([...new Set(subjects('held'))]).toEqual(['held-0', 'held-1', 'held-2', 'held-3', 'held-4']);
    await until(() => published.length > 0);
    await expect(sql.knex('outbox').count()).resolves.toEqual([{ count: 0n }]);
  });
});
