import type { Json } from './holes.ts';
import type { EdgeSettings, Endpoint } from './settings.ts';

/** The name of the cluster that serves `/.well-known/`. */
export const IDENTITY_HTTP = 'identity-http';

/** The name of the rate limit service's cluster. */
export const RATE_LIMIT = 'rate-limit';

/** All upstreams of the edge: the services with an exposed RPC, then what the edge itself needs. */
export function renderClusters(settings: EdgeSettings, serviceNames: readonly string[]): Json[] {
  const { rateLimit, otlp } = settings;
  return [
    ...serviceNames.map((name) => serviceCluster(name, settings)),
    supportCluster(IDENTITY_HTTP, settings.identityHttp, 'http1'),
    ...(rateLimit === undefined ? [] : [supportCluster(RATE_LIMIT, rateLimit, 'http2')]),
    supportCluster('otlp', otlp === undefined ? [] : [otlp], 'http2'),
  ];
}

/** The content of `<endpointsDir>/<service>.json`: the replicas that Envoy balances over. Replace it by a rename. */
export function renderEndpoints(service: string, endpoints: readonly Endpoint[]): Json {
  return {
    resources: [
      {
        '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
        ...loadAssignment(service, endpoints),
      },
    ],
  };
}

function serviceCluster(name: string, settings: EdgeSettings): Json {
  const endpoints = settings.services[name];
  if (endpoints === undefined) {
    throw new Error(`the edge has no address for ${name}, which has exposed RPCs`);
  }
  return {
    name,
    connect_timeout: '1s',
    lb_policy: 'LEAST_REQUEST',
    ...discovery(name, endpoints, settings.endpointsDir),
    typed_extension_protocol_options: protocolOptions('http2'),
    // Whoever takes a replica off the list means it, however healthy it still looks.
    ignore_health_on_host_removal: true,
    circuit_breakers: {
      thresholds: [
        {
          max_connections: 256,
          max_pending_requests: 1024,
          max_requests: 2048,
          // The least is for quiet hours: what a replica's sudden end leaves behind, until it is ejected five failures later.
          retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 20 },
          track_remaining: true,
        },
      ],
    },
    // An INTERNAL that a service answers counts as a 5xx, and would eject a healthy replica for a buyer's odd order.
    // Only failures to reach it (UNAVAILABLE, connect, reset) do.
    outlier_detection: {
      enforcing_consecutive_5xx: 0,
      enforcing_success_rate: 0,
      consecutive_gateway_failure: 5,
      enforcing_consecutive_gateway_failure: 100,
      interval: '2s',
      base_ejection_time: '5s',
      max_ejection_percent: 50,
    },
    health_checks: [
      {
        timeout: '1s',
        interval: '2s',
        no_traffic_interval: '2s',
        unhealthy_threshold: 2,
        healthy_threshold: 1,
        grpc_health_check: {},
      },
    ],
  };
}

function supportCluster(name: string, endpoints: readonly Endpoint[], protocol: 'http1' | 'http2'): Json {
  return {
    name,
    connect_timeout: '0.5s',
    ...discovery(name, endpoints, undefined),
    typed_extension_protocol_options: protocolOptions(protocol),
  };
}

function discovery(
  name: string,
  endpoints: readonly Endpoint[],
  endpointsDir: string | undefined,
): Record<string, Json> {
  if (endpointsDir !== undefined) {
    const config = {
      resource_api_version: 'V3',
      path_config_source: { path: `${endpointsDir}/${name}.json` },
    };
    return { type: 'EDS', eds_cluster_config: { eds_config: config } };
  }
  return {
    type: 'STRICT_DNS',
    dns_lookup_family: 'V4_PREFERRED',
    load_assignment: loadAssignment(name, endpoints),
  };
}

function loadAssignment(name: string, endpoints: readonly Endpoint[]): Record<string, Json> {
  const hosts = endpoints.map(({ host, port }) => ({
    endpoint: { address: { socket_address: { address: host, port_value: port } } },
  }));
  return { cluster_name: name, endpoints: [{ lb_endpoints: hosts }] };
}

function protocolOptions(protocol: 'http1' | 'http2'): Json {
  const explicit =
    protocol === 'http1'
      ? { http_protocol_options: {} }
      : { http2_protocol_options: { connection_keepalive: { interval: '30s', timeout: '5s' } } };
  return {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: explicit,
    },
  };
}
