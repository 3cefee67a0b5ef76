import type { EdgeMethod } from '@souk/gen/edge';
import { IDENTITY_HTTP } from './clusters.ts';
import { costMetadata } from './descriptors.ts';
import { globalLimitsOf } from './global-limit.ts';
import type { Json } from './holes.ts';
import type { Limits } from './limits.ts';
import { unwrapMetadata } from './unwrap.ts';

/** Longest an exposed stream may stay open without a message; contracts promise heartbeats more often. */
const STREAM_IDLE = '90s';

/** Documents that identity serves over plain HTTP. */
const WELL_KNOWN = ['/.well-known/jwks.json', '/.well-known/openid-configuration'];

const DISABLED: Json = { '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig', disabled: true };

/**
 * The edge's routes: one exact path per exposed RPC, and entries for REST, whose requests the transcoder turns into one
 * of those. No route matches on `grpc: {}`, which gRPC-web would slip past.
 *
 * @param eventStreams the transcoder's configuration for `accept: text/event-stream`
 */
export function renderRoutes(methods: readonly EdgeMethod[], limits: Limits, eventStreams: Json): Json[] {
  return [
    ...methods.map((method) => methodRoute(method, limits)),
    ...wellKnownRoutes(),
    tokenEndpointRoute(limits),
    healthRoute(),
    ...eventStreamRoutes(methods, eventStreams),
    restRoute(),
  ];
}

function methodRoute(method: EdgeMethod, limits: Limits): Json {
  const path = `/${method.grpcService}/${method.method}`;
  const timeout = seconds(method.timeoutMs);
  const jwt = method.tokenRequired ? 'required' : 'optional';
  return {
    name: `${method.service}.${method.method}`,
    match: { path },
    metadata: { filter_metadata: { ...costMetadata(method.cost), ...unwrapMetadata(method.unwrap) } },
    decorator: { operation: `${method.grpcService}/${method.method}`, propagate: false },
    route: {
      cluster: method.service,
      rate_limits: globalLimitsOf(method, limits),
      retry_policy: retryPolicy(method),
      ...(method.serverStreaming
        ? { timeout: '0s', idle_timeout: STREAM_IDLE, max_stream_duration: { max_stream_duration: timeout } }
        : {
            timeout,
            max_stream_duration: { max_stream_duration: timeout, grpc_timeout_header_max: timeout },
          }),
    },
    // REST callers state no deadline, so services learn it here; a gRPC caller's own stays.
    request_headers_to_add: [
      {
        header: { key: 'grpc-timeout', value: `${String(method.timeoutMs)}m` },
        append_action: 'ADD_IF_ABSENT',
      },
    ],
    typed_per_filter_config: {
      'envoy.filters.http.jwt_authn': {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig',
        requirement_name: jwt,
      },
      // Compression would hold a stream's messages back until its buffer fills.
      ...(method.serverStreaming
        ? {
            'envoy.filters.http.compressor': {
              '@type': 'type.googleapis.com/envoy.extensions.filters.http.compressor.v3.CompressorPerRoute',
              disabled: true,
            },
          }
        : {}),
    },
  };
}

/** Reads may be tried again after any loss; writes only when they cannot have arrived. */
function retryPolicy(method: EdgeMethod): Json {
  const unsent = 'connect-failure,refused-stream';
  const retryOn = method.readOnly && !method.serverStreaming ? `${unsent},reset,unavailable` : unsent;
  return {
    retry_on: retryOn,
    num_retries: method.readOnly ? 3 : 2,
    retry_back_off: { base_interval: '0.025s', max_interval: '0.25s' },
    retry_host_predicate: [
      {
        name: 'envoy.retry_host_predicates.previous_hosts',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
        },
      },
    ],
    // A replica that died has the fewest requests and so is chosen again and again: three draws of four, with two replicas.
    host_selection_retry_max_attempts: 20,
  };
}

function wellKnownRoutes(): Json[] {
  return WELL_KNOWN.map((path) => ({
    name: 'well-known',
    match: { path, headers: [{ name: ':method', string_match: { exact: 'GET' } }] },
    route: { cluster: IDENTITY_HTTP, timeout: '2s' },
    typed_per_filter_config: { 'envoy.filters.http.grpc_json_transcoder': DISABLED },
  }));
}

/** OAuth's token endpoint, a form post that no contract can describe: limited like every other proof of who one is. */
function tokenEndpointRoute(limits: Limits): Json {
  return {
    name: 'oauth2-token',
    match: { path: '/oauth2/token', headers: [{ name: ':method', string_match: { exact: 'POST' } }] },
    metadata: { filter_metadata: costMetadata('CREDENTIAL') },
    route: {
      cluster: IDENTITY_HTTP,
      timeout: '2s',
      rate_limits: globalLimitsOf({ cost: 'CREDENTIAL' }, limits),
    },
    typed_per_filter_config: { 'envoy.filters.http.grpc_json_transcoder': DISABLED },
  };
}

function healthRoute(): Json {
  return {
    name: 'health',
    match: { path: '/healthz' },
    direct_response: { status: 200, body: { inline_string: 'ok\n' } },
    typed_per_filter_config: { 'envoy.filters.http.grpc_json_transcoder': DISABLED },
  };
}

/** Streams asked for as server-sent events: same paths as REST, another rendering. */
function eventStreamRoutes(methods: readonly EdgeMethod[], eventStreams: Json): Json[] {
  const patterns = methods
    .filter((method) => method.serverStreaming)
    .flatMap((method) => method.routes.map((route) => route.pattern));
  if (patterns.length === 0) {
    return [];
  }
  return [
    {
      name: 'rest-events',
      match: {
        safe_regex: { regex: `(${patterns.join('|')})` },
        headers: [{ name: 'accept', string_match: { contains: 'text/event-stream' } }],
      },
      route: { cluster: 'none', cluster_not_found_response_code: 'NOT_FOUND', timeout: '0s' },
      typed_per_filter_config: { 'envoy.filters.http.grpc_json_transcoder': eventStreams },
    },
  ];
}

/**
 * Where REST enters, so that CORS finds a route; the transcoder then picks the RPC's own. It is no direct response,
 * which CORS would pass by, and its cluster does not exist: what is not transcoded is 404.
 */
function restRoute(): Json {
  return {
    name: 'rest',
    match: { prefix: '/v1/' },
    route: { cluster: 'none', cluster_not_found_response_code: 'NOT_FOUND' },
  };
}

function seconds(ms: number): string {
  return `${String(ms / 1_000)}s`;
}
