import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { renderRateLimitConfig } from '../envoy/global-limit.ts';
import { readLimits } from '../envoy/limits.ts';
import { renderEnvoy } from '../envoy/render.ts';
import { buildDescriptorSet } from '../generate/buf.ts';
import { readContract } from '../generate/contract/read-contract.ts';
import { listServices } from '../launcher/services.ts';
import { callGraphOf } from './call-graph.ts';
import { envoyManifest, ratelimitManifest } from './edge-manifest.ts';
import { containerEdge } from './edge-settings.ts';
import { denyByDefault } from './network-policy.ts';
import { GRPC_PORT, OPS_PORT } from './ports.ts';
import { serviceManifest } from './service-manifest.ts';

const ISSUER = 'https://souk.example';
const HEADER =
  '# Rendered by `npm run gen` from the contracts and tools/deployment. Do not edit: change an overlay instead.\n';

/** Every file of `k8s/base`, by name, as the contracts and the services' folder have it. */
export async function renderBase(root: string): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const services = listServices(root);
  const graph = callGraphOf(readContract(await buildDescriptorSet(root)));
  const manifests = new Map<string, readonly object[]>([
    ...services.map((service): [string, readonly object[]] => [service, serviceManifest(service, graph)]),
    ['envoy', envoyManifest(services, graph)],
    ['ratelimit', ratelimitManifest()],
    ['network', [denyByDefault()]],
  ]);
  const files = new Map<string, string | Uint8Array>(
    [...manifests].map(([name, objects]) => [
      `${name}.yaml`,
      HEADER + objects.map((each) => yaml(each)).join('---\n'),
    ]),
  );
  files.set('kustomization.yaml', HEADER + yaml(kustomization([...manifests.keys()])));
  files.set('edge/envoy.json', json(renderEnvoy(containerEdge(services, ISSUER))));
  files.set('edge/limits.yaml', json(renderRateLimitConfig(readLimits(), [])));
  files.set('edge/transcoding.binpb', await readFile(path.join(root, 'gen/transcoding.binpb')));
  return files;
}

function kustomization(names: readonly string[]): object {
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: names.map((name) => `${name}.yaml`),
    configMapGenerator: [
      { name: 'souk-edge', files: ['edge/envoy.json', 'edge/transcoding.binpb'] },
      { name: 'souk-limits', files: ['edge/limits.yaml'] },
      {
        name: 'souk-platform',
        literals: [
          `SOUK_ISSUER=${ISSUER}`,
          `SOUK_JWKS_URL=http://identity:${String(OPS_PORT)}/.well-known/jwks.json`,
          `SOUK_GRPC_PORT=${String(GRPC_PORT)}`,
          `SOUK_OPS_PORT=${String(OPS_PORT)}`,
          'SOUK_DRAIN_DELAY_MS=5000',
        ],
      },
    ],
  };
}

function yaml(value: object): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
