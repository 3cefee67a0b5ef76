import { setTimeout as sleep } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { StorefrontService } from '@souk/gen/souk/storefront/v1/storefront_service_pb';
import { newId } from '@souk/kernel';
import { startFaultProxy } from '@souk/testing';
import { readEngines } from '../../../support/platform.ts';
import { startChain } from '../deadline/chain.ts';
import { hop, type Sighting } from '../deadline/hops.ts';
import { type SeenStatement, statementReader } from '../deadline/statements.ts';
import { Findings } from '../findings.ts';
import { adminToken } from '../goods.ts';
import { type Random, randomFrom, wholeBetween } from '../random.ts';
import { type Children, openChildren } from '../rig/children.ts';
import { openMesh } from '../rig/mesh.ts';
import type { Scenario } from '../scenario.ts';

const DEADLINE_MS = 800;
/** By when a call has ended after its deadline or its cancellation; a busy machine takes some of it. */
const END_WITHIN_MS = 100;
const WRITE_WITHIN_MS = 50;
/** Each way to the database, so that a call has several statements before it. */
const SLOW_MS = 40;
const WRITES = /^\s*(with\b.*\b)?(insert|update|delete)\b/s;

/** R11: an 800 ms deadline over four hops, and calls that are cancelled under way. */
export const deadlines: Scenario = {
  id: 'R11',
  promise: 'a deadline and a cancellation reach the fourth hop, and no write starts after a cancellation',
  async play({ seed, size }) {
    const [chained, written] = size === 'full' ? [20, 40] : [4, 8];
    const random = randomFrom(seed);
    const findings = new Findings();
    const children = openChildren();
    try {
      await chainOfCalls(children, chained, random, findings);
      const writes = await cancelledWrites(children, written, random, findings);
      return {
        injected: [
          `${chained} calls over four hops whose last never answers: half with ${DEADLINE_MS} ms, half cancelled`,
          `${written} receipts of stock cancelled under way, PostgreSQL ${2 * SLOW_MS} ms away`,
        ],
        checked: [...findings.checked, `writes seen: ${writes}`],
        broken: findings.broken,
      };
    } finally {
      await children.close();
    }
  },
};

async function chainOfCalls(
  children: Children,
  count: number,
  random: Random,
  findings: Findings,
): Promise<void> {
  const chain = await startChain(children);
  const mesh = openMesh();
  try {
    const { getProductPage } = mesh.client(StorefrontService, { address: chain.address });
    // Connections are made by a first call, which nobody looks at.
    await getProductPage({ productId: 'first' }, { timeoutMs: DEADLINE_MS }).catch(() => undefined);
    await sleep(2 * END_WITHIN_MS);
    for (let index = 0; index < count; index += 1) {
      chain.take();
      const isCancelled = index % 2 === 1;
      const began = Date.now();
      const endsAt = began + (isCancelled ? wholeBetween(random, 100, 400) : DEADLINE_MS);
      const signal = isCancelled ? { signal: AbortSignal.timeout(endsAt - began) } : {};
      const code = await getProductPage(
        { productId: 'any' },
        { timeoutMs: isCancelled ? 2 * DEADLINE_MS : DEADLINE_MS, ...signal },
      ).then(
        () => undefined,
        (error: unknown) => (error instanceof ConnectError ? error.code : Code.Unknown),
      );
      const answeredAt = Date.now();
      await sleep(2 * END_WITHIN_MS);
      const subject = `call ${index}`;
      findings.expect(
        'the caller is told',
        code === (isCancelled ? Code.Canceled : Code.DeadlineExceeded),
        subject,
        `code ${code}`,
      );
      const late = answeredAt - endsAt;
      findings.expect('the caller is told in time', late <= END_WITHIN_MS, subject, `${late} ms late`);
      expectEveryHop(findings, subject, chain.take(), endsAt, isCancelled ? 2 * DEADLINE_MS : DEADLINE_MS);
    }
  } finally {
    mesh.close();
    await chain.close();
  }
}

function expectEveryHop(
  findings: Findings,
  subject: string,
  seen: readonly Sighting[],
  endsAt: number,
  deadlineMs: number,
): void {
  let left = deadlineMs;
  for (const name of hop.options) {
    const came = seen.find((each) => each.hop === name && each.event === 'came');
    const ended = seen.find((each) => each.hop === name && each.event === 'ended');
    findings.expect(
      'the deadline arrives at each hop, shrinking',
      came !== undefined && came.leftMs > 0 && came.leftMs <= left,
      subject,
      `${name} had ${came?.leftMs} ms of ${left}`,
    );
    left = came?.leftMs ?? left;
    const late = (ended?.at ?? Number.POSITIVE_INFINITY) - endsAt;
    findings.expect(
      'each hop ends with the caller',
      late <= END_WITHIN_MS,
      subject,
      `${name} ${late} ms late`,
    );
  }
}

/** Calls of a real service that are cancelled between their statements; gives how many writes were seen at all. */
async function cancelledWrites(
  children: Children,
  count: number,
  random: Random,
  findings: Findings,
): Promise<number> {
  const postgres = new URL(readEngines().postgres);
  const proxy = await startFaultProxy({ host: postgres.hostname, port: Number(postgres.port) });
  const readers = new Map<number, (bytes: Buffer) => void>();
  let seen: SeenStatement[] = [];
  proxy.onRequest((bytes, connection) => {
    const reader = readers.get(connection) ?? statementReader((statement) => seen.push(statement));
    readers.set(connection, reader);
    reader(bytes);
  });
  const mesh = openMesh();
  try {
    const url = new URL(postgres);
    url.host = `127.0.0.1:${proxy.port}`;
    const lane = await children.lane('inventory', { SOUK_POSTGRES_URL: url.href });
    await lane.start();
    const token = await adminToken();
    const { receiveStock } = mesh.client(InventoryService, { address: lane.address, token });
    const receipt = (): Parameters<typeof receiveStock>[0] => ({
      requestId: newId(),
      lines: [{ sku: `CANCELLED-${newId().slice(-12)}`, quantity: 1n }],
    });
    await receiveStock(receipt());
    proxy.delay(SLOW_MS);
    let writes = 0;
    for (let index = 0; index < count; index += 1) {
      seen = [];
      const abort = new AbortController();
      const call = receiveStock(receipt(), { signal: abort.signal }).then(
        () => true,
        () => false,
      );
      await sleep(wholeBetween(random, 20, 8 * SLOW_MS));
      abort.abort();
      const cancelledAt = Date.now();
      const wasDone = await call;
      // What was on its way arrives, and what should not start would have by now.
      await sleep(12 * SLOW_MS);
      const started = seen.filter(({ text }) => WRITES.test(text));
      writes += started.length;
      if (wasDone) continue;
      const tooLate = started.filter(
        ({ at, text }) => at > cancelledAt + WRITE_WITHIN_MS && !text.includes('outbox where'),
      );
      findings.expect(
        'no write starts after a cancellation',
        tooLate.length === 0,
        `call ${index}`,
        tooLate.map(({ at, text }) => `${at - cancelledAt} ms: ${text.slice(0, 60)}`).join('; '),
      );
    }
    return writes;
  } finally {
    mesh.close();
    await proxy.close();
  }
}
