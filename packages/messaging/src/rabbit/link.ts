import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceHost, unavailable } from '@souk/kernel';
import { type ChannelModel, connect } from 'amqplib';
import { describeError } from '../failure.ts';
import { restarts } from '../metrics.ts';
import { restartDelayMs } from '../retry.ts';

/** Opens one connection; a silent peer is noticed after two heartbeats of 10 s. */
export function dial(host: ServiceHost, purpose: string): Promise<ChannelModel> {
  const address = new URL(host.engines.rabbitmq);
  address.searchParams.set('heartbeat', '10');
  return connect(address.href, {
    timeout: 5_000,
    clientProperties: { connection_name: `${host.namespace}.${host.name} ${purpose}` },
  });
}

/** A connection that comes back by itself. */
export interface Link<T> {
  /** What was set up on the present connection; waits for one, at most `timeoutMs`. */
  ready(timeoutMs: number): Promise<T>;
  /** Drops the present connection, so that a new one is made: how any fault of a channel is mended. */
  reset(reason: unknown): void;
  close(): Promise<void>;
}

/**
 * Keeps one AMQP connection up and sets it up anew each time (amqplib does not reconnect, and an error without a
 * listener would end the process).
 */
export function openLink<T>(
  host: ServiceHost,
  purpose: string,
  setUp: (connection: ChannelModel, reset: (reason: unknown) => void) => Promise<T>,
): Link<T> {
  const stopping = new AbortController();
  let current = Promise.withResolvers<T>();
  current.promise.catch(() => undefined);
  let reset: (reason: unknown) => void = () => undefined;

  async function session(): Promise<void> {
    const connection = await dial(host, purpose);
    const end = Promise.withResolvers<never>();
    end.promise.catch(() => undefined);
    connection.on('error', end.reject);
    connection.on('close', (error) => {
      end.reject(error ?? new Error('connection closed'));
    });
    connection.on('blocked', (reason) => {
      host.log.warn({ purpose, reason }, 'RabbitMQ has blocked publishing');
    });
    const onAbort = (): void => {
      end.reject(new Error('stopping'));
    };
    stopping.signal.addEventListener('abort', onAbort, { once: true });
    reset = end.reject;
    try {
      const value = await Promise.race([setUp(connection, end.reject), end.promise]);
      current.resolve(value);
      await end.promise;
    } finally {
      stopping.signal.removeEventListener('abort', onAbort);
      current = Promise.withResolvers<T>();
      current.promise.catch(() => undefined);
      await Promise.race([connection.close(), sleep(2_000, undefined, { ref: false })]).catch(
        () => undefined,
      );
    }
  }

  const hasStopped = (): boolean => stopping.signal.aborted;

  async function supervise(): Promise<void> {
    for (let failures = 0; !hasStopped(); failures++) {
      const startedAt = Date.now();
      try {
        await session();
      } catch (error) {
        if (hasStopped()) break;
        if (Date.now() - startedAt > 10_000) failures = 0;
        restarts.inc({ component: `rabbitmq ${purpose}` });
        host.log.warn(
          { purpose, reason: describeError(error) },
          'RabbitMQ connection ended and is made again',
        );
        await sleep(restartDelayMs(failures), undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    current.reject(unavailable('MESSAGING_CLOSED', 'the RabbitMQ connection is closed'));
  }

  const ended = supervise();
  return {
    async ready(timeoutMs) {
      const timer = new AbortController();
      try {
        return await Promise.race([
          current.promise,
          sleep(timeoutMs, undefined, { signal: timer.signal }).then(() => {
            throw unavailable('RABBITMQ_UNAVAILABLE', `no RabbitMQ connection within ${timeoutMs} ms`);
          }),
        ]);
      } finally {
        timer.abort();
      }
    },
    reset: (reason) => {
      reset(reason);
    },
    async close() {
      stopping.abort();
      await ended;
    },
  };
}
