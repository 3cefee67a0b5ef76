import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type ServiceHost, systemClock } from '@souk/kernel';
import { z } from 'zod';

const engineFile = z.object({ kafka: z.array(z.string()), rabbitmq: z.string() });
const platformFile = z.object({ namespace: z.string() });

/** Where brokers are and what the platform's topics and queues start with. */
export interface BrokerAccess {
  readonly namespace: string;
  readonly kafka: readonly string[];
  readonly rabbitmq: string;
}

/**
 * The brokers of the environment (`SOUK_NAMESPACE`, `SOUK_KAFKA_BROKERS`, `SOUK_RABBITMQ_URL`), else those of the platform
 * that `npm start` runs.
 *
 * @throws Error when there are none, with what to do.
 */
export function brokerAccess(root: string): BrokerAccess {
  const { SOUK_NAMESPACE: namespace, SOUK_KAFKA_BROKERS: kafka, SOUK_RABBITMQ_URL: rabbitmq } = process.env;
  if (namespace !== undefined && kafka !== undefined && rabbitmq !== undefined)
    return { namespace, kafka: kafka.split(','), rabbitmq };
  const folder = path.join(root, '.souk', 'dev');
  const [engines, platform] = [path.join(folder, 'engines.json'), path.join(folder, 'platform.json')];
  if (!existsSync(engines) || !existsSync(platform))
    throw new Error(
      'no platform runs here: npm start, or set SOUK_NAMESPACE, SOUK_KAFKA_BROKERS and SOUK_RABBITMQ_URL',
    );
  return {
    ...engineFile.parse(JSON.parse(readFileSync(engines, 'utf8'))),
    ...platformFile.parse(JSON.parse(readFileSync(platform, 'utf8'))),
  };
}

/** A host for the messaging package outside a service. */
export function toolHost({ namespace, kafka, rabbitmq }: BrokerAccess): ServiceHost {
  const warn = (fields: object, message: string): void => {
    process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  };
  return {
    name: 'dead-letters',
    namespace,
    log: { debug: () => undefined, info: () => undefined, warn, error: warn },
    clock: systemClock,
    engines: { postgres: '', mongodb: '', redis: '', elasticsearch: '', kafka, rabbitmq },
    onStop: () => undefined,
    healthCheck: () => undefined,
  };
}
