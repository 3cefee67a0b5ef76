import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { edgeMethods } from '@souk/gen/edge';
import { openCache } from '../launcher/cache/cache.ts';
import { cacheFolder } from '../launcher/cache/folder.ts';
import { envoyProgram } from '../launcher/engines/envoy.ts';
import { renderEndpoints } from './clusters.ts';
import type { Json } from './holes.ts';
import { renderEnvoy } from './render.ts';
import type { EdgeSettings } from './settings.ts';

const here = { host: '127.0.0.1', port: 1 };
const withoutLimits: EdgeSettings = {
  listen: { host: '127.0.0.1', port: 18080 },
  admin: { host: '127.0.0.1', port: 18081 },
  services: Object.fromEntries(edgeMethods.map((method) => [method.service, [here]])),
  identityHttp: [here],
  issuer: 'https://issuer.test',
  descriptorPath: fileURLToPath(new URL('../../gen/transcoding.binpb', import.meta.url)),
  accessLogPath: '/dev/null',
  corsOrigins: ['https://shop.test', 'http://localhost:*'],
  unlimitedAddresses: ['127.0.0.1', '::1'],
  trustedHops: 0,
  maxHeapBytes: 256 * 1024 * 1024,
};

const settings: EdgeSettings = { ...withoutLimits, rateLimit: [here] };

/** What Envoy has to say about a configuration, besides that it takes it. */
async function complaintsAbout(render: (folder: string) => Json): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'souk-envoy-'));
  try {
    const config = render(folder);
    const file = join(folder, 'envoy.json');
    await writeFile(file, JSON.stringify(config));
    const envoy = await envoyProgram(openCache(cacheFolder()));
    const { stdout, stderr } = await promisify(execFile)(envoy, [
      '--mode',
      'validate',
      '--log-level',
      'warning',
      '-c',
      file,
    ]);
    // It tries to fetch keys even while it only validates, before there is a cluster to fetch them from.
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => !/jwks|configuration .* OK/.test(line));
    return lines.join('\n').trim();
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the configuration of the edge', () => {
  it.each([
    ['as it is', settings],
    ['with a collector', { ...settings, otlp: here }],
  ])('is one that Envoy takes without a warning: %s', async (_, each) => {
    await expect(complaintsAbout(() => renderEnvoy(each))).resolves.toBe('');
  });

  it('does without a rate limit service', async () => {
    await expect(complaintsAbout(() => renderEnvoy(withoutLimits))).resolves.toBe('');
  });

  it('follows endpoint files where there are some', async () => {
    const withFiles = (endpointsDir: string): Json => {
      for (const service of Object.keys(settings.services)) {
        writeFileSync(
          join(endpointsDir, `${service}.json`),
          JSON.stringify(renderEndpoints(service, [here])),
        );
      }
      return renderEnvoy({ ...settings, endpointsDir });
    };
    await expect(complaintsAbout(withFiles)).resolves.toBe('');
  });

  it('has no route to an RPC that is not exposed', () => {
    const text = JSON.stringify(renderEnvoy(settings));
    expect(text).toContain('"/souk.order.v1.OrderService/PlaceOrder"');
    expect(text).not.toContain('/souk.inventory.v1.InventoryService/ReserveStock');
    expect(text).not.toContain('grpc.reflection');
  });

  it('refuses to leave a service without an address', () => {
    expect(() => renderEnvoy({ ...settings, services: {} })).toThrow('has no address for');
  });
});
