import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FillTarget } from '../cache/cache.ts';
import { runTool } from './run-tool.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const DEFAULT_MIRROR = 'http://deb.debian.org/debian';

/** Which Debian packages to unpack. */
export interface DebianPackages {
  /** Release to take them from, such as `bookworm`. */
  readonly suite: string;
  /** The packages wanted; what they depend on is downloaded too. */
  readonly names: readonly string[];
  /** Of everything downloaded, which packages are unpacked. */
  readonly keep: (file: string) => boolean;
}

/**
 * Unpacks Debian packages into the entry, with a package state of its own: nothing is installed on the machine and no
 * root is needed. apt verifies the archive's signature and resumes partial downloads.
 */
export async function unpackDebianPackages(target: FillTarget, packages: DebianPackages): Promise<void> {
  if (!existsSync(KEYRING)) {
    throw new Error(
      'this engine is fetched from the Debian archive, which this machine has no keyring for: use Docker or an address in the environment',
    );
  }
  const state = path.join(target.work, 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    await mkdir(path.join(state, folder), { recursive: true });
  await writeFile(path.join(state, 'status'), '');
  const mirror = await machineMirror();
  await writeFile(
    path.join(state, 'sources.list'),
    `deb [signed-by=${KEYRING}] ${mirror} ${packages.suite} main\n`,
  );
  const options = {
    'Dir::Etc::sourcelist': path.join(state, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': path.join(state, 'lists'),
    'Dir::State::status': path.join(state, 'status'),
    'Dir::Cache': path.join(state, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  await runTool('apt-get', [...flags, '-q', 'update']);
  await runTool('apt-get', [
    ...flags,
    '-q',
    '-y',
    '--no-install-recommends',
    '--download-only',
    'install',
    ...packages.names,
  ]);
  const archives = path.join(state, 'cache/archives');
  for (const file of (await readdir(archives)).filter(
    (name) => name.endsWith('.deb') && packages.keep(name),
  )) {
    await runTool('dpkg-deb', ['-x', path.join(archives, file), target.out]);
  }
}

/** The Debian mirror that this machine is set up with. */
async function machineMirror(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(await readdir(folder).catch(() => [])).map((name) => path.join(folder, name)),
  ];
  for (const file of files.filter((name) => /\.(list|sources)$/.test(name))) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const found = /^(?:URIs:|deb(?: \[[^\]]*\])?)\s+(\S+\/debian)\/?(?:\s|$)/m.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return DEFAULT_MIRROR;
}
