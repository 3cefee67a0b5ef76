import type { CallGraph } from './call-graph.ts';
import { metadataOf, selectorOf } from './labels.ts';
import { EDGE_PORT, GRPC_PORT, OPS_PORT, RATELIMIT_PORT } from './ports.ts';

/** Ports of the engines; their addresses are the cluster's affair, so any address is reached on these ports only. */
const ENGINE_PORTS = [5432, 27_017, 6379, 9092, 5672, 9200];
/** A trace collector (OTLP over HTTP), a payment provider, a mail server. */
const OUTSIDE_PORTS: Readonly<Record<string, readonly number[]>> = {
  payment: [443, 8090],
  notification: [25, 465, 587, 2525],
};
const OTLP_PORT = 4318;

/** Lets a service be called by those whom the contracts name, and call those and its engines. */
export function servicePolicy(service: string, graph: CallGraph): object {
  const callers = [...(graph.isExposed(service) ? ['envoy'] : []), ...graph.callersOf(service)];
  const everybody = { podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'souk' } } };
  const ingress = [
    ...(callers.length === 0 ? [] : [{ from: callers.map(podsOf), ports: tcp([GRPC_PORT]) }]),
    { from: [monitoring()], ports: tcp([OPS_PORT]) },
    // Its key set, by which everybody verifies tokens.
    ...(service === 'identity' ? [{ from: [everybody], ports: tcp([OPS_PORT]) }] : []),
  ];
  const callees = graph.calleesOf(service);
  const egress = [
    dns(),
    ...(callees.length === 0 ? [] : [{ to: callees.map(podsOf), ports: tcp([GRPC_PORT]) }]),
    ...(service === 'identity' ? [] : [{ to: [podsOf('identity')], ports: tcp([OPS_PORT]) }]),
    { ports: tcp([...ENGINE_PORTS, OTLP_PORT, ...(OUTSIDE_PORTS[service] ?? [])]) },
  ];
  return policy(service, ingress, egress);
}

/** The edge takes calls from anywhere and reaches exposed services, identity's key set and the rate limit service. */
export function envoyPolicy(services: readonly string[], graph: CallGraph): object {
  const exposed = services.filter((service) => graph.isExposed(service));
  const ingress = [{ ports: tcp([EDGE_PORT]) }];
  const egress = [
    dns(),
    { to: exposed.map(podsOf), ports: tcp([GRPC_PORT]) },
    { to: [podsOf('identity')], ports: tcp([OPS_PORT]) },
    { to: [podsOf('ratelimit')], ports: tcp([RATELIMIT_PORT]) },
    { ports: tcp([4317]) },
  ];
  return policy('envoy', ingress, egress);
}

/** Only the edge asks the rate limit service, which reaches Redis alone. */
export function ratelimitPolicy(): object {
  return policy(
    'ratelimit',
    [{ from: [podsOf('envoy')], ports: tcp([RATELIMIT_PORT]) }],
    [dns(), { ports: tcp([6379]) }],
  );
}

/** What no policy allows is forbidden. */
export function denyByDefault(): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'deny-by-default', labels: { 'app.kubernetes.io/part-of': 'souk' } },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
}

function policy(component: string, ingress: object[], egress: object[]): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(component),
    spec: {
      podSelector: { matchLabels: selectorOf(component) },
      policyTypes: ['Ingress', 'Egress'],
      ingress,
      egress,
    },
  };
}

function podsOf(component: string): object {
  return { podSelector: { matchLabels: selectorOf(component) } };
}

function monitoring(): object {
  return { namespaceSelector: { matchLabels: { 'souk.example/monitoring': 'true' } } };
}

function dns(): object {
  return {
    to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  };
}

function tcp(ports: readonly number[]): object[] {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}
