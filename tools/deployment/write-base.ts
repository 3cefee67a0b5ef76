import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderBase } from './kubernetes.ts';

/** Writes `k8s/base`, removing what is not rendered any more. */
export async function writeBase(root: string): Promise<void> {
  const folder = path.join(root, 'k8s/base');
  const files = await renderBase(root);
  await mkdir(path.join(folder, 'edge'), { recursive: true });
  const present = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const each of present.filter((entry) => entry.isFile())) {
    const file = path.join(each.parentPath, each.name);
    if (!files.has(path.relative(folder, file))) await rm(file);
  }
  for (const [name, content] of files) await writeFile(path.join(folder, name), content);
}
