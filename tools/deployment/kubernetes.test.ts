import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../launcher/profile.ts';
import { listServices } from '../launcher/services.ts';
import { renderBase } from './kubernetes.ts';

const object = z.looseObject({
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  spec: z.unknown().optional(),
});
const container = z.looseObject({
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
  }),
});
const deployment = z.object({
  template: z.object({
    spec: z.object({
      securityContext: z.object({ runAsNonRoot: z.literal(true) }),
      containers: z.array(container).min(1),
    }),
  }),
});

let rendered: ReadonlyMap<string, string | Uint8Array>;
beforeAll(async () => {
  rendered = await renderBase(projectRoot);
});

function objectsOf(name: string): z.infer<typeof object>[] {
  return parseAllDocuments(String(rendered.get(`${name}.yaml`))).map((each) => object.parse(each.toJS()));
}

describe('k8s/base', () => {
  it('is what the contracts and the services say: `npm run gen` writes it', async () => {
    for (const [name, content] of rendered) {
      const kept = await readFile(path.join(projectRoot, 'k8s/base', name));
      expect({ name, same: kept.equals(Buffer.from(content)) }).toEqual({ name, same: true });
    }
  });

  it.each([...listServices(projectRoot), 'envoy', 'ratelimit'])(
    'gives %s all it needs, within the restricted standard',
    (name) => {
      const objects = objectsOf(name);
      expect(objects.map((each) => each.kind).sort()).toEqual([
        'Deployment',
        'NetworkPolicy',
        'PodDisruptionBudget',
        'Service',
        'ServiceAccount',
      ]);
      deployment.parse(objects.find((each) => each.kind === 'Deployment')?.spec);
    },
  );

  it('lets only order, and not the edge, reach what only order may call', () => {
    const policy = JSON.stringify(objectsOf('payment').find((each) => each.kind === 'NetworkPolicy')?.spec);
    expect(policy).toContain('"app.kubernetes.io/name":"order"');
    expect(policy).not.toContain('"app.kubernetes.io/name":"cart"');
  });
});
