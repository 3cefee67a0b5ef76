import { Counter, Gauge, Histogram } from 'prom-client';

/** Messages by what became of them: `done`, `skipped` (unknown type), `retried`, `dead`. */
export const consumed = new Counter({
  name: 'souk_messaging_consumed_total',
  help: 'Messages by consumer, type and outcome (done, skipped, retried, dead)',
  labelNames: ['consumer', 'type', 'outcome'],
});

/** Messages that a broker has acknowledged. */
export const published = new Counter({
  name: 'souk_messaging_published_total',
  help: 'Messages acknowledged by the broker, by destination',
  labelNames: ['destination'],
});

/** Time from a message's own time to the end of its handling. */
export const age = new Histogram({
  name: 'souk_messaging_age_seconds',
  help: 'Age of messages when they were handled',
  labelNames: ['consumer'],
  buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600],
});

/** Messages behind the end of a partition. */
export const lag = new Gauge({
  name: 'souk_messaging_lag_messages',
  help: 'Messages between a consumer and the end of its partition',
  labelNames: ['consumer', 'topic', 'partition'],
});

/** When a consumer last heard from its broker; stands still if the consumer has stopped silently. */
export const progress = new Gauge({
  name: 'souk_messaging_progress_timestamp_seconds',
  help: 'Unix time of the last sign of life of a consumer',
  labelNames: ['consumer'],
});

/** Restarts of consumers and connections after a failure. */
export const restarts = new Counter({
  name: 'souk_messaging_restarts_total',
  help: 'Restarts of consumers and broker connections after a failure',
  labelNames: ['component'],
});
