import { enableSpans } from '@souk/rpc';
import type { Lifecycle } from './lifecycle.ts';

/**
 * Exports OpenTelemetry traces when an OTLP address is set. The SDK is loaded only then: it costs memory and start-up
 * time that a platform without a collector need not pay.
 */
export async function startTracing(
  service: string,
  endpoint: string | undefined,
  lifecycle: Lifecycle,
): Promise<void> {
  if (endpoint === undefined) return;
  const [{ NodeSDK }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const sdk = new NodeSDK({
    serviceName: service,
    traceExporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }),
  });
  sdk.start();
  enableSpans();
  lifecycle.onStop('connections', () => sdk.shutdown());
}
