import { type DescField, ScalarType } from '@bufbuild/protobuf';
import { type Answer, describe, isBroken } from '../calling/answer.ts';
import { callEdge } from '../calling/edge-call.ts';
import { damageSince, takeVitals } from '../health.ts';
import type { Person } from '../people.ts';
import { validRequest } from '../requests/generate.ts';
import { randomOf } from '../requests/random.ts';
import { withoutThrottle } from '../served.ts';
import { Tally } from '../tally.ts';
import { startCanaryHost } from './canary-host.ts';
import { LogWatch } from './log-watch.ts';
import { PAYLOADS } from './payloads.ts';

/** What a payload that sleeps would take at least. */
const SLEPT_MS = 3_900;

/**
 * S12: texts that mean something to the engines behind, in every text field of every RPC, by people who may call them. None
 * may break or hold a service, call out, or write a line of its own into a log.
 */
export async function attackWithInjection(
  people: readonly Person[],
  seed: number,
  rounds: number,
): Promise<Tally> {
  const tally = new Tally(
    'injection of SQL, queries, templates, CSV, logs and addresses, in every text field',
  );
  const before = takeVitals();
  const logs = new LogWatch();
  const canary = await startCanaryHost();
  const random = randomOf(seed);
  const payloads = [...PAYLOADS, ...canary.urls.map((url) => ['address', url] as const)];
  for (const method of withoutThrottle) {
    for (const field of textFields(method.desc.input.fields)) {
      const chosen = Array.from({ length: Math.min(payloads.length, 2 + rounds * 2) }, () =>
        random.pick(payloads),
      );
      await Promise.all(
        chosen.map(async ([kind, text], index) => {
          const person = people[index % people.length];
          const message = validRequest(method.desc.input, seed, (each) =>
            each === field ? text : undefined,
          );
          // A payload that the field's own rules refuse goes no further than that.
          if (person === undefined || message === undefined) return;
          const startedAt = performance.now();
          const answer = await callEdge(index % 2 === 0 ? 'REST' : 'gRPC', method, message, {
            token: person.token(),
            once: true,
          });
          const tookMs = performance.now() - startedAt;
          tally.refusal(
            isFine(answer) && !(text.includes('sleep') && tookMs > SLEPT_MS && answer.code === 'OK'),
            () =>
              `${kind} in ${field.name} of ${method.fullName}: ${describe(answer)} after ${tookMs.toFixed(0)} ms (${text})`,
          );
        }),
      );
    }
  }
  for (const visit of canary.visits) tally.faults.push(`a service called the canary host: ${visit}`);
  tally.faults.push(...(await logs.faults()), ...damageSince(before));
  canary.close();
  return tally;
}

function isFine(answer: Answer): boolean {
  return !isBroken(answer);
}

/** Fields that take free text: names of things have patterns that no payload fits. */
function textFields(fields: readonly DescField[]): DescField[] {
  return fields.filter((field) => field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING);
}
