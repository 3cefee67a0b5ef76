import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The services there are: the folders of `services/` that hold a `package.json`, sorted. There is no other list. */
export function listServices(root: string): readonly string[] {
  return foldersWith(path.join(root, 'services'), 'package.json');
}

/** The simulators there are, likewise. */
export function listSimulators(root: string): readonly string[] {
  return foldersWith(path.join(root, 'simulators'), 'package.json');
}

/** True when the service or simulator can be started. */
export function hasMain(root: string, kind: 'services' | 'simulators', name: string): boolean {
  return existsSync(path.join(root, kind, name, 'src/main.ts'));
}

function foldersWith(folder: string, file: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((each) => each.isDirectory() && existsSync(path.join(folder, each.name, file)))
    .map((each) => each.name)
    .sort();
}
