import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../platform.ts';

const HCM =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const TRANSCODER =
  'type.googleapis.com/envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder';
const ROUTER = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';
const H2 = 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** An Envoy that transcodes and routes, and does nothing else. */
export interface BareEnvoy {
  readonly origin: string;
  stop(): void;
}

/** Starts a bare Envoy in front of a gRPC server. */
export async function startBareEnvoy(
  program: string,
  services: readonly string[],
  upstreamPort: number,
): Promise<BareEnvoy> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'souk-bench-'));
  const file = join(folder, 'envoy.json');
  writeFileSync(file, JSON.stringify(configuration(port, services, upstreamPort)));
  const child: ChildProcess = spawn(
    program,
    ['-c', file, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'error'],
    {
      stdio: 'inherit',
    },
  );
  const origin = `http://127.0.0.1:${port}`;
  await reachable(origin);
  return {
    origin,
    stop: () => {
      child.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

function configuration(port: number, services: readonly string[], upstreamPort: number): object {
  const socket = (port_value: number): object => ({ socket_address: { address: '127.0.0.1', port_value } });
  return {
    static_resources: {
      listeners: [
        {
          name: 'edge',
          address: socket(port),
          filter_chains: [
            {
              filters: [
                {
                  name: 'hcm',
                  typed_config: {
                    '@type': HCM,
                    stat_prefix: 'bare',
                    route_config: {
                      virtual_hosts: [
                        {
                          name: 'all',
                          domains: ['*'],
                          routes: [{ match: { prefix: '/' }, route: { cluster: 'upstream' } }],
                        },
                      ],
                    },
                    http_filters: [
                      {
                        name: 'transcoder',
                        typed_config: {
                          '@type': TRANSCODER,
                          proto_descriptor: join(root, 'gen/transcoding.binpb'),
                          services,
                          print_options: { always_print_primitive_fields: true },
                        },
                      },
                      { name: 'router', typed_config: { '@type': ROUTER } },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        {
          name: 'upstream',
          connect_timeout: '1s',
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': H2,
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: {
            cluster_name: 'upstream',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(upstreamPort) } }] }],
          },
        },
      ],
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function reachable(origin: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (
      await fetch(origin).then(
        () => true,
        () => false,
      )
    )
      return;
    await sleep(50);
  }
  throw new Error('the bare Envoy did not start');
}
