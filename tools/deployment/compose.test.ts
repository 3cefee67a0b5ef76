import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { ENGINE_NAMES } from '../launcher/engines/engine.ts';
import { constantCase, ENGINE_VARIABLES } from '../launcher/environment.ts';
import { projectRoot } from '../launcher/profile.ts';
import { listServices, listSimulators } from '../launcher/services.ts';

const component = z.object({
  image: z.string().optional(),
  build: z.object({ args: z.record(z.string(), z.string()) }).optional(),
  profiles: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z.object({}).optional(),
});
const compose = z
  .object({ services: z.record(z.string(), component), volumes: z.record(z.string(), z.null()) })
  .parse(parse(readFileSync(path.join(projectRoot, 'compose.yaml'), 'utf8'), { merge: true }));
const services = listServices(projectRoot);
const simulators = listSimulators(projectRoot);

describe('compose.yaml', () => {
  it('has what the launcher starts, and nothing else', () => {
    const expected = [...ENGINE_NAMES, 'envoy', 'ratelimit', ...services, ...simulators];
    expect(Object.keys(compose.services).sort()).toEqual(expected.sort());
  });

  it.each(services)('builds %s from the one image and gives it its key and every engine', (name) => {
    const service = compose.services[name];
    expect(service?.build?.args['SERVICE']).toBe(name);
    expect(service?.profiles).toEqual(['platform']);
    expect(Object.keys(service?.environment ?? {})).toEqual(
      expect.arrayContaining([
        ...Object.values(ENGINE_VARIABLES),
        'SOUK_SECRET',
        'SOUK_MESH_JWKS',
        'SOUK_MESH_KEY',
      ]),
    );
    expect(service?.environment?.['SOUK_MESH_KEY']).toBe(`\${SOUK_MESH_KEY_${constantCase(name)}:-}`);
  });

  it.each(ENGINE_NAMES)(
    'runs %s by default, on this machine only, with its data kept and its health known',
    (name) => {
      const engine = compose.services[name];
      expect(engine?.profiles).toBeUndefined();
      expect(engine?.image).toMatch(/:[\w.-]+$/);
      expect(engine?.ports).toEqual([
        expect.stringMatching(
          new RegExp(`^127\\.0\\.0\\.1:\\$\\{SOUK_${constantCase(name)}_PORT:-\\d+\\}:\\d+$`),
        ),
      ]);
      expect(engine?.healthcheck).toBeDefined();
      const volume = engine?.volumes?.[0]?.split(':')[0] ?? '';
      expect(Object.keys(compose.volumes)).toContain(volume);
    },
  );
});

describe('the Dockerfile', () => {
  const lines = readFileSync(path.join(projectRoot, 'Dockerfile'), 'utf8').split('\n');

  it('copies what exists and runs as nobody special, without a shell in between', () => {
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    for (const each of copied) expect(existsSync(path.join(projectRoot, each))).toBe(true);
    expect(lines).toContain('USER 1000:1000');
    expect(lines.findLast((line) => line.startsWith('CMD'))).toMatch(/^CMD \["node"/);
  });

  it('gives npm the package.json of every workspace that it does not copy whole', () => {
    const { workspaces } = z
      .object({ workspaces: z.array(z.string()) })
      .parse(JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')));
    for (const workspace of workspaces.map((each) => each.replace('/*', ''))) {
      expect(
        lines.some(
          (line) =>
            line === `COPY ${workspace} ${workspace}` ||
            line === `COPY ${workspace}/package.json ${workspace}/`,
        ),
      ).toBe(true);
    }
  });
});
