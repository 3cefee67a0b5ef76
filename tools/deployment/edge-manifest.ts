import type { CallGraph } from './call-graph.ts';
import { EDGE_FOLDER } from './edge-settings.ts';
import { metadataOf, selectorOf } from './labels.ts';
import { envoyPolicy, ratelimitPolicy } from './network-policy.ts';
import { CONTAINER_SECURITY, podSecurity, spread } from './pod-security.ts';
import { EDGE_PORT, RATELIMIT_PORT } from './ports.ts';
import { disruptionBudget } from './service-manifest.ts';

const ENVOY_USER = 101;
const RATELIMIT_USER = 65_534;

/** The objects of the edge's Envoy. */
export function envoyManifest(services: readonly string[], graph: CallGraph): readonly object[] {
  const container = {
    image: 'envoyproxy/envoy:v1.40.0',
    args: ['-c', `${EDGE_FOLDER}/envoy.json`, '--log-level', 'warning', '--drain-time-s', '20'],
    ports: [{ name: 'edge', containerPort: EDGE_PORT }],
    // A path of the edge's own, answered without any service.
    startupProbe: { tcpSocket: { port: 'edge' }, periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { tcpSocket: { port: 'edge' }, periodSeconds: 5 },
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
    resources: { requests: { cpu: '200m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    volumeMounts: [{ name: 'edge', mountPath: EDGE_FOLDER, readOnly: true }],
  };
  const volumes = [{ name: 'edge', configMap: { name: 'souk-edge' } }];
  return [
    ...component('envoy', ENVOY_USER, container, volumes, [
      { name: 'edge', port: EDGE_PORT, targetPort: 'edge' },
    ]),
    envoyPolicy(services, graph),
  ];
}

/** The objects of the rate limit service. */
export function ratelimitManifest(): readonly object[] {
  const settings = {
    REDIS_SOCKET_TYPE: 'tcp',
    USE_STATSD: 'false',
    RUNTIME_ROOT: '/data',
    RUNTIME_SUBDIRECTORY: 'souk',
    RUNTIME_APPDIRECTORY: 'config',
    RUNTIME_IGNOREDOTFILES: 'true',
    RUNTIME_WATCH_ROOT: 'false',
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
    LIMIT_RESPONSE_HEADERS_ENABLED: 'true',
  };
  const container = {
    image: 'envoyproxy/ratelimit:3fb70258',
    command: ['/bin/ratelimit'],
    env: Object.entries(settings).map(([name, value]) => ({ name, value })),
    // REDIS_URL and REDIS_AUTH.
    envFrom: [{ secretRef: { name: 'souk-ratelimit' } }],
    ports: [
      { name: 'grpc', containerPort: RATELIMIT_PORT },
      { name: 'http', containerPort: 8080 },
    ],
    readinessProbe: { httpGet: { path: '/healthcheck', port: 'http' }, periodSeconds: 5 },
    livenessProbe: { tcpSocket: { port: 'grpc' }, periodSeconds: 10 },
    resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '128Mi' } },
    volumeMounts: [{ name: 'limits', mountPath: '/data/souk/config', readOnly: true }],
  };
  const volumes = [{ name: 'limits', configMap: { name: 'souk-limits' } }];
  return [
    ...component('ratelimit', RATELIMIT_USER, container, volumes, [
      { name: 'grpc', port: RATELIMIT_PORT, targetPort: 'grpc' },
    ]),
    ratelimitPolicy(),
  ];
}

function component(
  name: string,
  user: number,
  container: object,
  volumes: object[],
  ports: object[],
): readonly object[] {
  const metadata = metadataOf(name);
  const labels = selectorOf(name);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: 30,
            securityContext: podSecurity(user),
            topologySpreadConstraints: spread(labels),
            containers: [{ name, ...container, securityContext: CONTAINER_SECURITY }],
            volumes,
          },
        },
      },
    },
    disruptionBudget(name),
  ];
}
