import { type ChildProcess, fork } from 'node:child_process';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import {
  GetRatingSummaryRequestSchema,
  GetRatingSummaryResponseSchema,
  ReviewService,
} from '@souk/gen/souk/review/v1/review_service_pb';
import { newId } from '@souk/kernel';
import { rpcTransport } from '@souk/rpc';
import { createMeshKeys, startTokenIssuer } from '@souk/testing';
import { z } from 'zod';
import { type LoadResult, load } from '../load.ts';
import type { BenchmarkReport } from '../report.ts';

const IN_FLIGHT = 50;
const ROUNDS = 3;
const cpuUsage = z.object({ cpu: z.object({ user: z.number(), system: z.number() }) });

/** One server process and what it costs. */
interface Subject {
  readonly port: number;
  cpuMs(): Promise<number>;
  stop(): void;
}

/** P1: an authenticated trivial unary call through packages/rpc beside the same call on bare grpc-js. */
export async function unaryBenchmark(seconds: number): Promise<BenchmarkReport> {
  const issuer = await startTokenIssuer();
  const keys = await createMeshKeys(['review']);
  const token = await issuer.tokenFor({ kind: 'user', id: newId() });
  const bare = await startSubject(['bare']);
  const souk = await startSubject([
    'souk',
    issuer.jwksUrl,
    issuer.issuer,
    keys.privateKey('review'),
    keys.publicKeys,
  ]);
  const results: Record<'bare' | 'souk', (LoadResult & { cpuMsPerCall: number })[]> = { bare: [], souk: [] };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      results.bare.push(await measure(bare, bareCall(bare.port, token), seconds));
      results.souk.push(await measure(souk, bareCall(souk.port, token), seconds));
    }
    const client = await measureClient(souk.port, token, seconds);
    const best = (kind: 'bare' | 'souk'): number =>
      Math.max(...results[kind].map((result) => result.perSecond));
    const cpu = (kind: 'bare' | 'souk'): number =>
      Math.min(...results[kind].map((result) => result.cpuMsPerCall));
    return {
      id: 'P1',
      title: 'authenticated trivial unary through packages/rpc, beside bare grpc-js',
      rows: [
        { label: 'bare grpc-js', value: best('bare'), unit: 'calls/s' },
        { label: 'packages/rpc', value: best('souk'), unit: 'calls/s' },
        { label: 'throughput ratio', value: best('souk') / best('bare'), unit: '×', target: '≥ 0.7' },
        { label: 'server CPU per call, bare', value: cpu('bare'), unit: 'ms' },
        { label: 'server CPU per call, packages/rpc', value: cpu('souk'), unit: 'ms' },
        { label: 'server CPU ratio', value: cpu('souk') / cpu('bare'), unit: '×', target: '≤ 1.4' },
        { label: 'with the packages/rpc client too', value: client.perSecond, unit: 'calls/s' },
      ],
    };
  } finally {
    bare.stop();
    souk.stop();
    issuer.close();
  }
}

async function startSubject(args: readonly string[]): Promise<Subject> {
  const child: ChildProcess = fork(new URL('./server.ts', import.meta.url), [...args]);
  const message = (): Promise<unknown> => new Promise((resolve) => child.once('message', resolve));
  const { port } = z.object({ port: z.number() }).parse(await message());
  return {
    port,
    async cpuMs() {
      child.send('cpu');
      const { cpu } = cpuUsage.parse(await message());
      return (cpu.user + cpu.system) / 1_000;
    },
    stop: () => child.kill(),
  };
}

async function measure(
  subject: Subject,
  call: () => Promise<unknown>,
  seconds: number,
): Promise<LoadResult & { cpuMsPerCall: number }> {
  await load(call, { inFlight: IN_FLIGHT, seconds: 1 });
  const before = await subject.cpuMs();
  const result = await load(call, { inFlight: IN_FLIGHT, seconds });
  return { ...result, cpuMsPerCall: ((await subject.cpuMs()) - before) / result.calls };
}

/** The same thin client for both servers, so that only the server differs. */
function bareCall(port: number, token: string): () => Promise<unknown> {
  const client = new Client(`ipv4:127.0.0.1:${port}`, credentials.createInsecure());
  const request = create(GetRatingSummaryRequestSchema, { productId: newId() });
  return () =>
    new Promise((resolve, reject) => {
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${token}`);
      client.makeUnaryRequest(
        `/${ReviewService.typeName}/GetRatingSummary`,
        () => Buffer.from(toBinary(GetRatingSummaryRequestSchema, request)),
        (bytes: Buffer) => fromBinary(GetRatingSummaryResponseSchema, bytes),
        request,
        metadata,
        (error, reply) => (error === null ? resolve(reply) : reject(error)),
      );
    });
}

async function measureClient(port: number, token: string, seconds: number): Promise<LoadResult> {
  const transport = rpcTransport(ReviewService, { address: `127.0.0.1:${port}` });
  const client = createClient(ReviewService, transport);
  const productId = newId();
  const result = await load(
    () => client.getRatingSummary({ productId }, { headers: { authorization: `Bearer ${token}` } }),
    {
      inFlight: IN_FLIGHT,
      seconds,
    },
  );
  transport.close();
  return result;
}
