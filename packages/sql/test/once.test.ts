import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { StringValueSchema } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import { acceptAllOnce, acceptOnce, onceByRequestId, openSql, type Sql } from '../src/index.ts';
import { sweepTable } from '../src/requests/sweep.ts';
import { testHost } from './test-host.ts';

describe('once only', () => {
  const host = testHost();
  let sql: Sql;
  beforeAll(async () => {
    sql = await openSql(host, { migrations: [] });
  });
  afterAll(() => host.stop());

  let effects = 0;
  const call = (requestId: string, body = 'body', pauseMs = 0): Promise<string> =>
    sql.transaction(async (trx) => {
      const response = await onceByRequestId(
        trx,
        { scope: 'DoIt', requestId, fingerprint: body, schema: StringValueSchema },
        async () => {
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          effects += 1;
          return create(StringValueSchema, { value: `effect ${String(effects)}` });
        },
      );
      return fromBinary(StringValueSchema, toBinary(StringValueSchema, response)).value;
    });

  it('replays the stored response and refuses another body', async () => {
    const id = newId();
    const first = await call(id);
    await expect(call(id)).resolves.toBe(first);
    expect(effects).toBe(1);
    await expect(call(id, 'other')).rejects.toMatchObject({ kind: 'invalid', reason: 'REQUEST_ID_REUSED' });
  });

  it('has one effect under 50 concurrent calls; the rest are told to wait or get its response', async () => {
    const before = effects;
    const id = newId();
    const answers = await Promise.allSettled(Array.from({ length: 50 }, () => call(id, 'body', 30)));
    expect(effects).toBe(before + 1);
    for (const answer of answers) {
      if (answer.status === 'fulfilled') expect(answer.value).toBe(`effect ${String(effects)}`);
      else expect(answer.reason).toMatchObject({ kind: 'aborted', reason: 'REQUEST_IN_FLIGHT' });
    }
    await expect(call(id)).resolves.toBe(`effect ${String(effects)}`);
  });

  it('forgets a call whose effect failed', async () => {
    const id = newId();
    const failing = sql.transaction((trx) =>
      onceByRequestId(
        trx,
        { scope: 'DoIt', requestId: id, fingerprint: 'body', schema: StringValueSchema },
        () => Promise.reject(new Error('no')),
      ),
    );
    await expect(failing).rejects.toThrow('no');
    await expect(call(id)).resolves.toMatch(/^effect/);
  });

  it('takes an event once per consumer', async () => {
    await expect(sql.transaction((trx) => acceptOnce(trx, 'a', 'e1'))).resolves.toBe(true);
    await expect(sql.transaction((trx) => acceptOnce(trx, 'a', 'e1'))).resolves.toBe(false);
    await expect(sql.transaction((trx) => acceptOnce(trx, 'b', 'e1'))).resolves.toBe(true);
    await expect(
      sql.transaction((trx) => acceptAllOnce(trx, 'a', ['e3', 'e1', 'e2', 'e3'])),
    ).resolves.toEqual(new Set(['e2', 'e3']));
  });

  it('sweeps what is past its retention only', async () => {
    const old = newId();
    await call(old);
    await sql
      .knex('request_log')
      .where({ request_id: old })
      .update({ create_time: new Date(Date.now() - 25 * 3_600_000) });
    await expect(sweepTable(sql.knex, 'request_log', 'create_time', '24 hours')).resolves.toBe(1);
    const left = await sql.knex('request_log').where({ request_id: old });
    expect(left).toEqual([]);
  });
});
