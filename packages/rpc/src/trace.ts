import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

// Span ids need no secrecy: random bytes are taken in bulk, eight at a time.
const POOL_BYTES = 4_096;
let pool = Buffer.alloc(0);
let used = 0;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

/** A W3C `traceparent` for the next hop of a trace, or of a new trace when there is none to continue. */
export function childOf(parent?: string): string {
  const match = parent === undefined ? null : TRACEPARENT.exec(parent);
  return match === null
    ? `00-${randomHex(16)}-${randomHex(8)}-01`
    : `00-${match[1]}-${randomHex(8)}-${match[3]}`;
}

/** The parts of a `traceparent`; undefined when it is absent or malformed. */
export function parseTraceparent(
  traceparent: string | undefined,
): { traceId: string; spanId: string; traceFlags: number } | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

/** The trace id of a `traceparent`, for logs. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
