import { readFileSync } from 'node:fs';
import type { EdgeMethod } from '@souk/gen/edge';
import { edgeMethods } from '@souk/gen/edge';
import { parse } from 'yaml';
import { z } from 'zod';
import { renderClusters } from './clusters.ts';
import { renderGlobalLimit } from './global-limit.ts';
import type { Json } from './holes.ts';
import { fillHoles } from './holes.ts';
import { readLimits } from './limits.ts';
import { renderLocalLimit } from './local-limit.ts';
import { renderLocalReplies } from './local-replies.ts';
import { renderRoutes } from './routes.ts';
import type { EdgeSettings } from './settings.ts';
import { renderUnwrap } from './unwrap.ts';

/** Largest request, and largest REST response, in bytes; what services take over gRPC. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * The whole configuration of the edge: `envoy/base.yaml` with its holes filled from the contracts and the settings.
 * Write it as JSON, which Envoy takes as it takes YAML.
 *
 * @param methods the exposed RPCs; those of the contracts unless a test has others
 */
export function renderEnvoy(settings: EdgeSettings, methods: readonly EdgeMethod[] = edgeMethods): Json {
  const limits = readLimits();
  const services = distinct(methods.map((method) => method.service));
  return fillHoles(readBase(), {
    adminHost: settings.admin.host,
    adminPort: settings.admin.port,
    listenHost: settings.listen.host,
    listenPort: settings.listen.port,
    trustedHops: settings.trustedHops,
    maxHeapBytes: settings.maxHeapBytes,
    accessLogPath: settings.accessLogPath,
    issuer: settings.issuer,
    maxBodyBytes: MAX_BODY_BYTES,
    traceSampling: settings.otlp === undefined ? 0 : 100,
    corsOrigins: settings.corsOrigins.map(originMatch),
    localReplies: renderLocalReplies(),
    routes: renderRoutes(methods, limits, transcoder(settings, methods, 'events')),
    unwrap: renderUnwrap(),
    transcoder: transcoder(settings, methods, 'lines'),
    localLimit: renderLocalLimit(limits, settings.unlimitedAddresses),
    globalLimit: renderGlobalLimit(settings),
    statServices: statServices(methods),
    clusters: renderClusters(settings, services),
  });
}

function readBase(): Json {
  return z.json().parse(parse(readFileSync(new URL('../../envoy/base.yaml', import.meta.url), 'utf8')));
}

/** JSON to gRPC and back. Only RPCs with a `google.api.http` rule have a path; everything else is refused. */
function transcoder(
  settings: EdgeSettings,
  methods: readonly EdgeMethod[],
  streams: 'lines' | 'events',
): Json {
  return {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder',
    proto_descriptor: settings.descriptorPath,
    services: distinct(methods.map((method) => method.grpcService)),
    convert_grpc_status: true,
    query_param_unescape_plus: true,
    max_request_body_size: MAX_BODY_BYTES,
    max_response_body_size: MAX_BODY_BYTES,
    request_validation_options: {
      reject_unknown_method: true,
      reject_unknown_query_parameters: true,
      reject_binding_body_field_collisions: true,
    },
    print_options: {
      always_print_primitive_fields: true,
      stream_newline_delimited: streams === 'lines',
      stream_sse_style_delimited: streams === 'events',
    },
  };
}

function statServices(methods: readonly EdgeMethod[]): Json {
  return distinct(methods.map((method) => method.grpcService)).map((name) => ({
    name,
    method_names: methods.filter((method) => method.grpcService === name).map((method) => method.method),
  }));
}

/** `http://localhost:*` matches any port there; without a star an origin is taken literally. */
function originMatch(origin: string): Json {
  return origin.includes('*')
    ? { safe_regex: { regex: origin.split('*').map(escapeRegex).join('[a-z0-9.-]+') } }
    : { exact: origin };
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
