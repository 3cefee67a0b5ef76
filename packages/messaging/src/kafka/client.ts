import type { ServiceHost } from '@souk/kernel';
import { Kafka, type LogEntry, logLevel } from 'kafkajs';
import { quietRequestQueues } from './request-queue.ts';

/** A kafkajs client that logs through the host. */
export function kafkaClient(host: ServiceHost): Kafka {
  quietRequestQueues();
  return new Kafka({
    clientId: `${host.namespace}.${host.name}`,
    brokers: [...host.engines.kafka],
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 5 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      log(host, entry);
    },
  });
}

// kafkajs logs what it retries as an error; what it cannot mend arrives as a rejection and is logged where it is caught.
function log(host: ServiceHost, { level, namespace, log: { message, ...rest } }: LogEntry): void {
  const fields = {
    component: `kafka ${namespace}`.trim(),
    reason: typeof rest['error'] === 'string' ? rest['error'] : undefined,
    group: typeof rest['groupId'] === 'string' ? rest['groupId'] : undefined,
  };
  if (level <= logLevel.WARN) host.log.warn(fields, message);
  else host.log.debug(fields, message);
}
