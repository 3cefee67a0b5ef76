import { z } from 'zod';
import { COURSES, type Course, type Stage } from '../crash/courses.ts';
import { type KnownSaga, knownSagas } from '../crash/definitions.ts';
import { type FaultPoint, type FaultyOrder, POINTS, startFaultyOrder } from '../crash/faulty-order.ts';
import { type JudgedRun, judgeCrashes } from '../crash/judge.ts';
import { query } from '../facts/query.ts';
import { settleAndRead } from '../facts/settle.ts';
import type { Findings } from '../findings.ts';
import { adminToken } from '../goods.ts';
import { randomFrom, wholeBetween } from '../random.ts';
import { counted } from '../report.ts';
import { openChildren } from '../rig/children.ts';
import { openMesh } from '../rig/mesh.ts';
import { type Buyer, setScene } from '../scene.ts';
import type { Scenario } from '../scenario.ts';

/** More than any saga has calls times the points at which they are hit. */
const MOST_RUNS = 120;
const SMALL_RUNS = 10;
/** A fault that does not strike by then has nothing to strike any more. */
const STRIKE_WITHIN_MS = 20_000;

const sagaRow = z.object({
  kind: z.string(),
  done: z.array(z.string()),
  steps: z.array(z.object({ name: z.string(), direction: z.string() })),
});

/** R14: every call of every saga is hit by a crash before it, a crash after it, and the loss of its reply. */
export const crashes: Scenario = {
  id: 'R14',
  promise:
    'wherever order dies within a saga, forward or in compensation, nothing is stuck and the books are right',
  async play({ seed, size }) {
    const random = randomFrom(seed);
    const runs: JudgedRun[] = [];
    const children = openChildren();
    const mesh = openMesh();
    const order = await startFaultyOrder(children);
    try {
      const count = size === 'full' ? MOST_RUNS : SMALL_RUNS + COURSES.length;
      const scene = await setScene(
        count,
        Array.from({ length: count }, () => 1),
      );
      const since = new Date();
      const admin = await adminToken();
      const buyers = scene.buyers.values();
      const underWay: Promise<unknown>[] = [];

      const play = async (course: Course, fault: FaultPoint | undefined): Promise<boolean> => {
        const { value: buyer } = buyers.next();
        if (buyer === undefined) return false;
        const stage: Stage = { mesh, adminToken: admin, address: await order.address() };
        const name = `${course.name}, ${fault === undefined ? 'no fault' : `${fault.point} ${fault.path}`}`;
        runs.push({ buyerId: buyer.buyerId, name, ends: course.ends });
        return playOne(course, stage, buyer, order, fault, underWay);
      };

      // Without faults first: that shows which calls there are.
      const points: { readonly course: Course; readonly fault: FaultPoint }[] = [];
      for (const course of COURSES) {
        await play(course, undefined);
        const paths = order.calls();
        paths.forEach((path, index) => {
          const nth = paths.slice(0, index).filter((each) => each === path).length;
          const chosen =
            size === 'full' ? POINTS : [POINTS[wholeBetween(random, 0, POINTS.length)] ?? POINTS[0]];
          points.push(...chosen.map((point) => ({ course, fault: { path, nth, point } })));
        });
      }
      const chosen = size === 'full' ? points : sample(points, SMALL_RUNS, random);
      const struck: string[] = [];
      const missed: string[] = [];
      for (const { course, fault } of chosen)
        ((await play(course, fault)) ? struck : missed).push(
          `${fault.point} ${fault.path.split('/').at(-1)} (${course.name})`,
        );
      const answers = await Promise.allSettled(underWay);

      const facts = await settleAndRead({ ...scene, buyers: scene.buyers.slice(0, runs.length) }, [], since);
      const findings = judgeCrashes(runs, facts);
      for (const [index, answer] of answers.entries())
        findings.expect(
          'every caller gets an answer',
          answer.status === 'fulfilled',
          `run ${index}`,
          String(answer.status === 'rejected' ? answer.reason : ''),
        );
      findings.expect('faults strike', struck.length > 0, 'proxies', 'none struck');
      const covered = await expectCoverage(
        findings,
        facts.books.orders.map(({ orderId }) => orderId),
      );
      return {
        injected: [
          `${points.length} points at ${COURSES.length} courses: ${COURSES.map(({ name }) => name).join(', ')}`,
          `struck: ${counted(struck)}`,
          `had nothing to strike: ${counted(missed)}`,
        ],
        checked: [...findings.checked, ...covered],
        broken: findings.broken,
      };
    } finally {
      mesh.close();
      await order.close();
      await children.close();
    }
  },
};

/** Plays one run; gives whether its fault struck. What it leaves under way goes on beside the next run. */
async function playOne(
  course: Course,
  stage: Stage,
  buyer: Buyer,
  order: FaultyOrder,
  fault: FaultPoint | undefined,
  underWay: Promise<unknown>[],
): Promise<boolean> {
  order.begin(undefined);
  const prepared = (await course.prepare?.(stage, buyer)) ?? '';
  order.begin(fault, course.interfere?.(stage));
  const run = course.run(stage, buyer, prepared);
  underWay.push(run);
  run.catch(() => undefined);
  if (fault === undefined) {
    await run.catch(() => undefined);
    return false;
  }
  const hasStruck = order.struck().then(() => true);
  const inVain = new Promise<boolean>((resolve) =>
    setTimeout(() => resolve(false), STRIKE_WITHIN_MS).unref(),
  );
  const done = await Promise.race([hasStruck, inVain, run.then(() => false).catch(() => false)]);
  // The answer may overtake what was noted of the strike.
  return done || Promise.race([hasStruck, Promise.resolve(false)]);
}

/** Every step of the sagas that courses stand for was gone through; gives what was, and what no course knows. */
async function expectCoverage(findings: Findings, orderIds: readonly string[]): Promise<string[]> {
  const rows = await query(
    'order',
    sagaRow,
    'select kind, done, steps from sagas where order_id = any($1)',
    orderIds,
  );
  const kinds = new Set(COURSES.flatMap((course) => course.kinds));
  const known = await knownSagas();
  const seen = (saga: KnownSaga, step: string, direction: string): boolean =>
    rows.some(
      ({ kind, done, steps }) =>
        kind === saga.kind &&
        ((direction === 'do' && done.includes(step)) ||
          steps.some((each) => each.name === step && each.direction === direction)),
    );
  for (const saga of known.filter(({ kind }) => kinds.has(kind))) {
    for (const step of saga.steps)
      findings.expect('each step is gone through', seen(saga, step, 'do'), saga.kind, step);
    for (const step of saga.undoable)
      findings.expect('each compensation is gone through', seen(saga, step, 'undo'), saga.kind, step);
  }
  return known.map(
    ({ kind, steps }) =>
      `saga ${kind}: ${steps.join(', ')}${kinds.has(kind) ? '' : ' (no course of its own)'}`,
  );
}

function sample<T>(items: readonly T[], count: number, random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((left, right) => left.place - right.place)
    .slice(0, count)
    .map(({ item }) => item);
}
