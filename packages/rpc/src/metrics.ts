import { Counter, Gauge, Histogram } from 'prom-client';

// Buckets of the OpenTelemetry semantic conventions for RPC durations.
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const serverDuration = new Histogram({
  name: 'rpc_server_call_duration_seconds',
  help: 'Time from receiving a call to answering it.',
  labelNames: ['service', 'method', 'code'],
  buckets: BUCKETS,
});

const clientDuration = new Histogram({
  name: 'rpc_client_call_duration_seconds',
  help: 'Time from making a call to having its answer, retries included.',
  labelNames: ['service', 'method', 'code'],
  buckets: BUCKETS,
});

/** Calls being served. */
export const inFlight = new Gauge({ name: 'rpc_server_calls_in_flight', help: 'Calls being served now.' });

/** Calls refused because too many were being served. */
export const shedCalls = new Counter({
  name: 'rpc_server_calls_shed_total',
  help: 'Calls refused for overload.',
});

/** Subjects of whom access tokens have ended before they expire. */
export const revocationsKnown = new Gauge({
  name: 'souk_revocations_known',
  help: 'Subjects of whom access tokens are refused before they expire.',
});

/** Access tokens refused because their session or their subject's rights have ended. */
export const revokedTokens = new Counter({
  name: 'souk_revoked_tokens_total',
  help: 'Calls refused because their access token has been revoked.',
});

/** Records how long a call of one method took, by its final status code. */
export type RecordCall = (code: number, seconds: number) => void;

/** A recorder that looks a label combination up once, because this is on the path of every call. */
function recorder(histogram: typeof serverDuration, service: string, method: string): RecordCall {
  const children = new Map<number, { observe(value: number): void }>();
  return (code, seconds) => {
    let child = children.get(code);
    if (child === undefined) {
      child = histogram.labels(service, method, String(code));
      children.set(code, child);
    }
    child.observe(seconds);
  };
}

/** The recorder of a method on the serving side. */
export function serverRecorder(service: string, method: string): RecordCall {
  return recorder(serverDuration, service, method);
}

/** The recorder of a method on the calling side. */
export function clientRecorder(service: string, method: string): RecordCall {
  return recorder(clientDuration, service, method);
}
