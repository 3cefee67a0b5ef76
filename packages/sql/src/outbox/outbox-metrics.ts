import { Counter, Gauge } from 'prom-client';

/** Age of the oldest message that waits in an outbox, in seconds; 0 when none does. */
export const oldestAge = new Gauge({
  name: 'souk_outbox_oldest_age_seconds',
  help: 'Age of the oldest message waiting in the outbox',
  labelNames: ['database'],
});

/** Messages that wait in an outbox, at most one batch of them. */
export const waiting = new Gauge({
  name: 'souk_outbox_waiting',
  help: 'Messages found waiting in the outbox by the last look, at most one batch',
  labelNames: ['database'],
});

/** Whether this process relays the outbox: 1 for the leader. */
export const leading = new Gauge({
  name: 'souk_outbox_leader',
  help: '1 while this process relays the outbox',
  labelNames: ['database'],
});

/** Messages relayed. */
export const relayed = new Counter({
  name: 'souk_outbox_relayed_total',
  help: 'Messages relayed from the outbox and acknowledged by the broker',
  labelNames: ['database'],
});
