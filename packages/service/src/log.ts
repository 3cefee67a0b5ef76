import { currentExecution } from '@souk/kernel';
import { currentCall, traceIdOf } from '@souk/rpc';
import { type Logger, pino } from 'pino';

// Names under which secrets and personal data travel in objects that may be logged by accident.
const HIDDEN = [
  'password',
  'token',
  'authorization',
  'access_token',
  'refresh_token',
  'email',
  'secret',
  'signed_quote',
];

/** JSON logs on standard output, with the ids of the call being served. */
export function createLog(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: HIDDEN.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    mixin: () => {
      const execution = currentExecution();
      if (execution === undefined) return {};
      return { request_id: currentCall()?.requestId, trace_id: traceIdOf(execution.traceparent) };
    },
  });
}
