import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError } from '@souk/kernel';
import { isUniqueViolation, type MigrationList, openSql, type Sql, SqlError } from '../src/index.ts';
import { testHost } from './test-host.ts';

const migrations: MigrationList = [
  {
    name: '0001-account',
    up: async (trx) => {
      await trx.raw('CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL, opened date)');
    },
  },
];

describe('openSql', () => {
  const host = testHost();
  let sql: Sql;
  beforeAll(async () => {
    // Replicas that start together must not trip over each other.
    const [first, second] = await Promise.all([openSql(host, { migrations }), openSql(host, { migrations })]);
    sql = first;
    await second.close();
  });
  afterAll(() => host.stop());

  it('applies every migration once and keeps exact types', async () => {
    await sql.knex.raw("INSERT INTO account VALUES (1, 9007199254740993, '2011-12-01')");
    const row = await sql.knex('account').where({ id: 1 }).first<{ balance: bigint; opened: string }>();
    expect(row).toEqual({ id: 1, balance: 9007199254740993n, opened: '2011-12-01' });
    await expect(sql.knex('schema_migration').pluck('name')).resolves.toContain('0001-account');
  });

  it('says what was broken without the statement or its values', async () => {
    const failure: unknown = await sql
      .knex('account')
      .insert({ id: 1, balance: 424242 })
      .catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(SqlError);
    expect(isUniqueViolation(failure, 'account_pkey')).toBe(true);
    expect(String(failure)).not.toMatch(/insert|424242/);
  });

  it('repeats a transaction that deadlocked', async () => {
    await sql.knex('account').insert([
      { id: 10, balance: 0 },
      { id: 11, balance: 0 },
    ]);
    let met = 0;
    const cross = (first: number, second: number): Promise<void> =>
      sql.transaction(async (trx) => {
        await trx('account').where({ id: first }).increment('balance', 1);
        met += 1;
        for (let i = 0; met < 2 && i < 100; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
        await trx('account').where({ id: second }).increment('balance', 1);
      });
    await Promise.all([cross(10, 11), cross(11, 10)]);
    await expect(sql.knex('account').whereIn('id', [10, 11]).pluck('balance')).resolves.toEqual([2n, 2n]);
  });

  it('refuses as unavailable what takes too long, and survives a lost connection', async () => {
    const slow: unknown = await sql.knex
      .raw("SET statement_timeout = 50; SELECT pg_sleep(5); SET statement_timeout = '5s'")
      .catch((e: unknown) => e);
    expect(slow).toBeInstanceOf(DomainError);
    expect(slow).toMatchObject({ kind: 'unavailable', reason: 'DEPENDENCY_UNAVAILABLE' });
    const killed: unknown = await sql.knex
      .raw('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()')
      .catch((e: unknown) => e);
    expect(killed).toMatchObject({ kind: 'unavailable' });
    // Every connection of the pool was cut; each is found dead by whoever takes it next.
    const ask = (): Promise<boolean> =>
      sql.knex.raw('SELECT 1').then(
        () => true,
        () => false,
      );
    let isBack = false;
    for (let attempt = 0; attempt < 20 && !isBack; attempt += 1) isBack = await ask();
    expect(isBack).toBe(true);
  });
});
