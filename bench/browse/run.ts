import { fork } from 'node:child_process';
import { type DescMessage, fromJson, toBinary } from '@bufbuild/protobuf';
import {
  CatalogService,
  GetProductResponseSchema,
  ListProductsResponseSchema,
} from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { z } from 'zod';
import { openCache } from '../../tools/launcher/cache/cache.ts';
import { cacheFolder } from '../../tools/launcher/cache/folder.ts';
import { envoyProgram } from '../../tools/launcher/engines/envoy.ts';
import { jsonClient } from '../http.ts';
import { type LoadResult, load } from '../load.ts';
import { runningPlatform } from '../platform.ts';
import type { BenchmarkReport, ReportRow } from '../report.ts';
import { startBareEnvoy } from './bare-envoy.ts';

const IN_FLIGHT = 32;
const ROUNDS = 3;

/** P2: product and product list (20) over REST, cached, beside bare Envoy transcoding of the same bytes. */
export async function browseBenchmark(seconds: number): Promise<BenchmarkReport> {
  const { edge } = runningPlatform();
  const souk = jsonClient(edge, IN_FLIGHT);
  const list = '/v1/products?page_size=20';
  const listBody: unknown = JSON.parse(await souk.call('GET', list));
  const { products } = z
    .object({ products: z.array(z.looseObject({ productId: z.string() })).min(20) })
    .parse(listBody);
  const [product] = products;
  if (product === undefined) throw new Error('the catalogue is empty');
  const one = `/v1/products/${product.productId}`;
  const page = `/v1/pages/products/${product.productId}`;

  const replies = {
    [`/${CatalogService.typeName}/GetProduct`]: encoded(GetProductResponseSchema, {
      product: z.json().parse(JSON.parse(await souk.call('GET', one))),
    }),
    [`/${CatalogService.typeName}/ListProducts`]: encoded(ListProductsResponseSchema, listBody),
  };
  const server = fork(new URL('./fixed-server.ts', import.meta.url), [JSON.stringify(replies)]);
  const { port } = z
    .object({ port: z.number() })
    .parse(await new Promise((resolve) => server.once('message', resolve)));
  const envoy = await startBareEnvoy(
    await envoyProgram(openCache(cacheFolder())),
    [CatalogService.typeName],
    port,
  );
  const bare = jsonClient(envoy.origin, IN_FLIGHT);
  try {
    const rows: ReportRow[] = [];
    for (const [label, path] of [
      ['product', one],
      ['list of 20', list],
    ] as const) {
      const results = { bare: [] as LoadResult[], souk: [] as LoadResult[] };
      for (let round = 0; round < ROUNDS; round += 1) {
        results.bare.push(await load(() => bare.call('GET', path), { inFlight: IN_FLIGHT, seconds }));
        results.souk.push(await load(() => souk.call('GET', path), { inFlight: IN_FLIGHT, seconds }));
      }
      const limit = Math.max(...results.bare.map(({ perSecond }) => perSecond));
      const reached = Math.max(...results.souk.map(({ perSecond }) => perSecond));
      const calm = await load(() => souk.call('GET', path), { inFlight: IN_FLIGHT / 8, seconds });
      rows.push(
        { label: `${label}, bare limit`, value: limit, unit: 'calls/s' },
        { label: `${label}, Souk`, value: reached, unit: 'calls/s' },
        { label: `${label}, ratio`, value: reached / limit, unit: '×', target: '≥ 0.7' },
        {
          label: `${label}, p99 with ${IN_FLIGHT / 8} in flight`,
          value: calm.p99,
          unit: 'ms',
          target: '≤ 50',
        },
        {
          label: `${label}, failures`,
          value: results.souk.reduce((sum, { failures }) => sum + failures, 0),
          unit: '',
        },
      );
    }
    const composed = await load(() => souk.call('GET', page), { inFlight: IN_FLIGHT, seconds });
    rows.push(
      { label: 'composed product page, Souk', value: composed.perSecond, unit: 'calls/s' },
      { label: 'composed product page, p99', value: composed.p99, unit: 'ms' },
    );
    return { id: 'P2', title: 'browsing over REST through the edge, beside bare Envoy transcoding', rows };
  } finally {
    envoy.stop();
    server.kill();
    await Promise.all([bare.close(), souk.close()]);
  }
}

function encoded(schema: DescMessage, json: unknown): string {
  return Buffer.from(
    toBinary(schema, fromJson(schema, z.json().parse(json), { ignoreUnknownFields: true })),
  ).toString('base64');
}
