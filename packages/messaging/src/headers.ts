import type { Envelope } from './envelope.ts';

/** Media type of every payload. */
const CONTENT_TYPE = 'application/protobuf';

/** What a message's headers say. */
export interface MessageHeaders {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: Date;
  readonly traceparent?: string;
}

/** CloudEvents 1.0 attributes in binary mode; the same names on Kafka and RabbitMQ. */
export function encodeHeaders(envelope: Envelope): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: envelope.id,
    ce_type: envelope.type,
    ce_source: envelope.source,
    ce_subject: envelope.subject,
    ce_time: envelope.time.toISOString(),
    'content-type': CONTENT_TYPE,
    ...(envelope.traceparent === undefined ? {} : { traceparent: envelope.traceparent }),
  };
}

/** Reads CloudEvents attributes; undefined if the message lacks an id, a type or a valid time. */
export function decodeHeaders(headers: Readonly<Record<string, string>>): MessageHeaders | undefined {
  const { ce_id: id, ce_type: type, ce_time: time, traceparent } = headers;
  if (id === undefined || type === undefined || time === undefined) return undefined;
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return undefined;
  return {
    id,
    type,
    source: headers['ce_source'] ?? '',
    subject: headers['ce_subject'] ?? '',
    time: at,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** Headers as a broker's client gives them, as text; what is not text is left out. */
export function textHeaders(headers: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  const text: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === 'string') text[name] = value;
    else if (Buffer.isBuffer(value)) text[name] = value.toString('utf8');
    else if (typeof value === 'number') text[name] = String(value);
  }
  return text;
}
