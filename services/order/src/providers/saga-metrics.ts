import { Gauge } from 'prom-client';

const stuck = new Gauge({
  name: 'souk_order_sagas_stuck',
  help: 'Sagas that began too long ago and have not ended, those that just wait left out',
});

const oldest = new Gauge({
  name: 'souk_order_sagas_stuck_oldest_seconds',
  help: 'How long the oldest stuck saga has been under way; 0 when none is',
});

/** Shows how many sagas are stuck, and since when. */
export function observeStuckSagas(count: number, oldestAgeS: number): void {
  stuck.set(count);
  oldest.set(oldestAgeS);
}
