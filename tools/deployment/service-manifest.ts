import type { CallGraph } from './call-graph.ts';
import { metadataOf, selectorOf } from './labels.ts';
import { servicePolicy } from './network-policy.ts';
import { CONTAINER_SECURITY, podSecurity, spread } from './pod-security.ts';
import { GRPC_PORT, OPS_PORT } from './ports.ts';

const USER = 1000;

/** The objects of one service: account, headless service, deployment, disruption budget, network policy. */
export function serviceManifest(service: string, graph: CallGraph): readonly object[] {
  const metadata = metadataOf(service);
  const labels = selectorOf(service);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        // Headless: clients balance over the replicas' own addresses, call by call.
        clusterIP: 'None',
        selector: labels,
        ports: [
          { name: 'grpc', port: GRPC_PORT, targetPort: 'grpc', appProtocol: 'grpc' },
          { name: 'ops', port: OPS_PORT, targetPort: 'ops', appProtocol: 'http' },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: { metadata: { labels }, spec: podSpec(service) },
      },
    },
    disruptionBudget(service),
    servicePolicy(service, graph),
  ];
}

/** Keeps one replica while machines are emptied. */
export function disruptionBudget(component: string): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(component),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(component) } },
  };
}

function podSpec(service: string): object {
  return {
    serviceAccountName: service,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // Time to be taken out of the balancing, then to end running calls.
    terminationGracePeriodSeconds: 40,
    securityContext: podSecurity(USER),
    topologySpreadConstraints: spread(selectorOf(service)),
    containers: [
      {
        name: service,
        image: `souk/${service}:latest`,
        ports: [
          { name: 'grpc', containerPort: GRPC_PORT },
          { name: 'ops', containerPort: OPS_PORT },
        ],
        envFrom: [
          { configMapRef: { name: 'souk-platform' } },
          { secretRef: { name: 'souk-platform' } },
          { secretRef: { name: 'souk-engines' } },
          { secretRef: { name: `souk-${service}` } },
        ],
        startupProbe: { grpc: { port: GRPC_PORT }, periodSeconds: 2, failureThreshold: 60 },
        readinessProbe: { grpc: { port: GRPC_PORT }, periodSeconds: 5, failureThreshold: 2 },
        livenessProbe: { httpGet: { path: '/livez', port: 'ops' }, periodSeconds: 10, failureThreshold: 3 },
        resources: { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '384Mi' } },
        securityContext: CONTAINER_SECURITY,
      },
    ],
  };
}
