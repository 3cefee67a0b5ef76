import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { connectKafka, connectRabbit, type DeadLetter, destinationOf } from '@souk/messaging';
import { brokerAccess, toolHost } from './platform-host.ts';

// `npm run dead-letters -- list [NAME]` shows what could not be handled, and why;
// `npm run dead-letters -- replay NAME [--id ID …]` hands it back to whoever gave up.
// NAME is a topic or queue without the namespace: `order.events.v1`, `notification.tasks.v1`.

const root = path.resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { id: { type: 'string', multiple: true } },
});
const [command, name] = positionals;

try {
  const host = toolHost(brokerAccess(root));
  const kafka = connectKafka(host);
  const rabbit = connectRabbit(host);
  const brokerOf = (destination: string): Pick<typeof kafka, 'listDeadLetters' | 'replayDeadLetters'> =>
    destination.includes('.tasks.') ? rabbit : kafka;
  const fullName = (short: string): string => destinationOf(host, `souk.${short}`);

  if (command === 'list') {
    const places =
      name === undefined
        ? [...(await kafka.listTopicsWithDeadLetters()), ...taskPackages().map(fullName)]
        : [fullName(name)];
    for (const place of places) print(place, await brokerOf(place).listDeadLetters(place));
  } else if (command === 'replay' && name !== undefined) {
    const place = fullName(name);
    const selection = values.id === undefined ? {} : { ids: values.id };
    const { replayed, kept } = await brokerOf(place).replayDeadLetters(place, selection);
    console.log(`${place}: ${String(replayed)} replayed, ${String(kept)} kept`);
  } else {
    throw new Error('usage: npm run dead-letters -- list [NAME] | replay NAME [--id ID …]');
  }
  await Promise.all([kafka.close(), rabbit.close()]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** Packages of tasks, one queue each: `notification.tasks.v1`. */
function taskPackages(): string[] {
  const protos = path.join(root, 'proto', 'souk');
  return readdirSync(protos)
    .filter((service) => existsSync(path.join(protos, service, 'tasks', 'v1')))
    .map((service) => `${service}.tasks.v1`);
}

function print(place: string, letters: readonly DeadLetter[]): void {
  console.log(`${place}: ${String(letters.length)}`);
  for (const { id, type, subject, deadTime, attempts, consumer, reason } of letters) {
    console.log(`  ${id}  ${deadTime.toISOString()}  ${type}  ${subject}`);
    console.log(`    given up by ${consumer} after ${String(attempts)} attempts: ${reason}`);
  }
}
