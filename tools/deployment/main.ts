import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openCache } from '../launcher/cache/cache.ts';
import { cacheFolder } from '../launcher/cache/folder.ts';
import { envoyProgram } from '../launcher/engines/envoy.ts';
import { projectRoot } from '../launcher/profile.ts';
import { runTool } from '../launcher/sources/run-tool.ts';
import { EDGE_FOLDER } from './edge-settings.ts';
import { manifestTools } from './manifest-tools.ts';

// Checks what would be deployed, without a cluster: kustomize renders the example overlay, Kubernetes' own schemas
// accept every object, and Envoy accepts its configuration.
const cache = openCache(cacheFolder());
const folder = await mkdtemp(path.join(tmpdir(), 'souk-manifests-'));
try {
  const [tools, envoy] = await Promise.all([manifestTools(cache), envoyProgram(cache)]);
  const rendered = await runTool(tools.kubectl, [
    'kustomize',
    path.join(projectRoot, 'k8s/overlays/example'),
  ]);
  const file = path.join(folder, 'rendered.yaml');
  await writeFile(file, rendered);
  console.log(
    (
      await runTool(tools.kubeconform, ['-strict', '-summary', '-schema-location', tools.schemas, file], {
        keepOutput: true,
      })
    ).trim(),
  );

  const base = path.join(projectRoot, 'k8s/base/edge');
  const configuration = await readFile(path.join(base, 'envoy.json'), 'utf8');
  const here = path.join(folder, 'envoy.json');
  await writeFile(
    here,
    configuration.replaceAll(`${EDGE_FOLDER}/`, `${base}/`).replaceAll('/dev/stdout', '/dev/null'),
  );
  await runTool(envoy, ['--mode', 'validate', '-c', here, '--log-level', 'error'], { keepOutput: true });
  console.log('Envoy accepts its configuration');
} finally {
  await rm(folder, { recursive: true });
}
