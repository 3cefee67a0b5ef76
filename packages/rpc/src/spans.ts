import {
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { childOf, parseTraceparent } from './trace.ts';

/** One hop of a trace. */
export interface CallSpan {
  /** W3C trace context of this hop, to be passed on. */
  readonly traceparent: string;
  /** Closes the span with the call's gRPC status code. */
  end(code: number): void;
}

const FAULTS = new Set([2, 4, 12, 13, 14, 15]);
let tracer: Tracer | undefined;

/** Makes spans real. Called once a tracer provider is registered; until then only ids are passed on. */
export function enableSpans(): void {
  tracer = trace.getTracer('@souk/rpc');
}

/**
 * Starts the span of a call being served or made, named and attributed as OpenTelemetry's RPC conventions say.
 *
 * @param path `/<package>.<Service>/<Method>`.
 */
export function startSpan(side: 'server' | 'client', path: string, parent: string | undefined): CallSpan {
  if (tracer === undefined) return { traceparent: childOf(parent), end: () => undefined };
  const context = parseTraceparent(parent);
  const span = tracer.startSpan(
    path.slice(1),
    {
      kind: side === 'server' ? SpanKind.SERVER : SpanKind.CLIENT,
      attributes: { 'rpc.system.name': 'grpc', 'rpc.method': path.slice(1) },
    },
    context === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...context, isRemote: true }),
  );
  return {
    traceparent: traceparentOf(span.spanContext()) ?? childOf(parent),
    end(code) {
      span.setAttribute('rpc.response.status_code', code);
      if (FAULTS.has(code)) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function traceparentOf(context: SpanContext): string | undefined {
  if (!isSpanContextValid(context)) return undefined;
  return `00-${context.traceId}-${context.spanId}-${context.traceFlags.toString(16).padStart(2, '0')}`;
}
