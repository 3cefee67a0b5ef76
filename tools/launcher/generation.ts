import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './cache/lock.ts';
import { runTool } from './sources/run-tool.ts';

const INPUTS = [
  'proto',
  'third_party/proto',
  'tools/generate',
  'tools/deployment',
  'tools/envoy',
  'envoy',
  'buf.yaml',
  'buf.gen.yaml',
];
const OUTPUTS = ['gen/ts', 'gen/edge.ts', 'gen/transcoding.binpb'];

/** Generates `gen/` when the contracts or the generator changed since it was last done here. */
export async function generateIfStale(root: string, generate: () => Promise<void>): Promise<void> {
  const stamp = path.join(root, '.souk/generated');
  await withLock(`${stamp}.lock`, async () => {
    const fingerprint = fingerprintOf(root, INPUTS);
    const done = existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint;
    if (done && OUTPUTS.every((each) => existsSync(path.join(root, each)))) return;
    await generate();
    writeFileSync(stamp, fingerprint);
  });
}

/** Runs the generator, then renders the manifests, which follow the contracts too. */
export async function runGenerator(root: string): Promise<void> {
  await runTool(process.execPath, [path.join(root, 'tools/generate/main.ts')], { cwd: root });
  // Only now: it reads what the generator has just written.
  const { writeBase } = await import('../deployment/write-base.ts');
  await writeBase(root);
}

/** A digest over the names and contents of files and folders; those that do not exist count as empty. */
export function fingerprintOf(root: string, inputs: readonly string[]): string {
  const digest = createHash('sha256');
  for (const file of inputs.flatMap((each) => filesUnder(root, each)).sort()) {
    digest
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return digest.digest('hex');
}

function filesUnder(root: string, relative: string): string[] {
  const absolute = path.join(root, relative);
  if (!existsSync(absolute)) return [];
  try {
    return readdirSync(absolute, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => path.relative(root, path.join(each.parentPath, each.name)));
  } catch {
    return [relative];
  }
}
