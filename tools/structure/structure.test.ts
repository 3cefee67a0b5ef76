import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const root = new URL('../..', import.meta.url).pathname;
const text = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const folders = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

const services = folders('services');
const packageJson = z.object({
  name: z.string(),
  private: z.literal(true),
  type: z.literal('module'),
  license: z.literal('Apache-2.0'),
  scripts: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
});

// docs/architecture.md says what belongs in each.
const SOURCE_FOLDERS = new Set(['domain', 'app', 'grpc', 'events', 'clients', 'storage', 'providers']);
const SOURCE_FILES = new Set(['main.ts', 'service.ts', 'config.ts', 'rebuild.ts']);
const README_HEADINGS = ['Owns', 'RPCs', 'Events', 'Stores', 'Configuration', 'Where to look'];

const files = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules') return [];
    return entry.isDirectory() ? files(`${path}/${entry.name}`) : [`${path}/${entry.name}`];
  });

describe.each(services)('services/%s', (service) => {
  const path = `services/${service}`;

  it('declares itself like every service', () => {
    const declared = packageJson.parse(JSON.parse(text(path, 'package.json')));
    expect(declared.name).toBe(`@souk/${service}`);
    expect(declared.scripts).toEqual({ start: 'node src/main.ts' });
    expect(JSON.parse(text(path, 'tsconfig.json'))).toEqual({
      extends: '../../tsconfig.base.json',
      include: ['src', 'test'],
    });
  });

  it('has the folders that every service has, and no others', () => {
    for (const entry of readdirSync(join(root, path, 'src'))) {
      const known = statSync(join(root, path, 'src', entry)).isDirectory() ? SOURCE_FOLDERS : SOURCE_FILES;
      expect({ entry, known: known.has(entry) }).toEqual({ entry, known: true });
    }
    for (const required of [
      'src/main.ts',
      'src/service.ts',
      'src/config.ts',
      'src/app',
      'src/grpc',
      'test',
      'README.md',
    ]) {
      expect({ required, exists: existsSync(join(root, path, required)) }).toEqual({
        required,
        exists: true,
      });
    }
  });

  it('starts in a main of at most 40 lines under its own name', () => {
    expect(text(path, 'src/main.ts').split('\n').length).toBeLessThanOrEqual(40);
    expect(text(path, 'src/service.ts')).toContain(`name: '${service}'`);
  });

  it('explains itself under the same headings as every service', () => {
    const readme = text(path, 'README.md');
    expect(readme.startsWith(`# ${service}\n`)).toBe(true);
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(README_HEADINGS);
  });

  it('names in its README every RPC of its contract', () => {
    const contract = text('proto/souk', service, `v1/${service}_service.proto`);
    const readme = text(path, 'README.md');
    for (const [, rpc] of contract.matchAll(/^ {2}rpc (\w+)\(/gm)) expect(readme).toContain(rpc);
  });

  it('gives only reasons that its contract or the platform knows', () => {
    const known = new Set(
      [
        text('proto/souk', service, 'v1/error_reason.proto'),
        text('proto/souk/errors/v1/error_reason.proto'),
      ].flatMap((proto) =>
        [...proto.matchAll(/^ {2}[A-Z]+_ERROR_REASON_([A-Z_]+) = \d+/gm)].map((match) => match[1]),
      ),
    );
    const factories =
      /\b(?:invalid|unauthenticated|denied|notFound|aborted|alreadyExists|precondition|exhausted|unavailable)\(\s*'([A-Z_]+)'/g;
    for (const file of files(`${path}/src`).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    )) {
      for (const [, reason] of text(file).matchAll(factories))
        expect({ file, reason, known: known.has(reason) }).toEqual({ file, reason, known: true });
    }
  });
});

describe('the workspaces', () => {
  const workspaces = [
    ...['packages', 'services', 'simulators'].flatMap((folder) =>
      folders(folder).map((name) => `${folder}/${name}`),
    ),
    'tools',
    'e2e',
    'bench',
    'gen',
  ];

  it('use one version of each dependency', () => {
    const versions = new Map<string, Set<string>>();
    for (const workspace of workspaces) {
      for (const [name, version] of Object.entries(
        packageJson.parse(JSON.parse(text(workspace, 'package.json'))).dependencies,
      )) {
        versions.set(name, (versions.get(name) ?? new Set()).add(version));
      }
    }
    expect(
      [...versions].filter(([, found]) => found.size > 1).map(([name, found]) => [name, [...found]]),
    ).toEqual([]);
  });

  it('have no files of more than 500 lines and none without a purpose in its name', () => {
    const sources = workspaces
      .filter((name) => name !== 'gen')
      .flatMap(files)
      .filter((name) => name.endsWith('.ts'));
    expect(sources.filter((name) => /\/(utils?|helpers?|common|misc)\.ts$/.test(name))).toEqual([]);
    expect(
      sources.filter((name) => !name.endsWith('.test.ts') && text(name).split('\n').length > 500),
    ).toEqual([]);
  });

  it('are each explained in a README when they are packages', () => {
    expect(
      folders('packages').filter((name) => !existsSync(join(root, 'packages', name, 'README.md'))),
    ).toEqual([]);
  });
});
