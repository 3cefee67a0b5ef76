import { create, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { Client, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadRequestSchema, ErrorInfoSchema } from '@souk/gen/google/rpc/error_details_pb';
import { GetRatingSummaryResponseSchema, ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { newId, precondition } from '@souk/kernel';
import {
  anonymous,
  callOf,
  createRpcServer,
  encodedReply,
  implement,
  type Principal,
  type RpcServer,
  type RpcTransport,
  rpcTransport,
} from '../index.ts';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const shopper: Principal = { ...anonymous, kind: 'user', id: newId() };

describe('an RPC server', () => {
  let server: RpcServer;
  let port = 0;
  let transport: RpcTransport;
  let caller: string | undefined;
  let principal = anonymous;
  let seen: { requestId: string; deadline: number; aborted: Promise<void> } | undefined;
  const productId = newId();

  beforeAll(async () => {
    const implementation = implement(ReviewService, {
      getRatingSummary: (request, context) => {
        const { requestId, deadline, signal } = callOf(context);
        const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        seen = { requestId, deadline, aborted };
        if (request.productId === 'sold-out')
          throw precondition('SOLD_OUT', 'Sold out.', { metadata: { sku: 'X' } });
        if (request.productId === 'broken') throw new Error('secret internals');
        if (request.productId === 'slow') return aborted.then(() => ({}));
        if (request.productId === 'cached') {
          const reply = create(GetRatingSummaryResponseSchema, {
            summary: { productId: 'from the cache' },
          });
          return encodedReply(
            GetRatingSummaryResponseSchema,
            toBinary(GetRatingSummaryResponseSchema, reply),
          );
        }
        return { summary: { productId: request.productId } };
      },
      createReview: () => ({}),
    });
    server = createRpcServer({
      implementations: [implementation],
      authenticate: (context) => {
        context.principal = principal;
        context.caller = caller;
      },
      log: silent,
      maxInFlight: 100,
    });
    port = await server.listen('127.0.0.1', 0);
    server.setServing(true);
    transport = rpcTransport(ReviewService, { address: `127.0.0.1:${String(port)}` });
  });

  afterAll(async () => {
    transport.close();
    await server.drain(500);
  });

  const call = (id: string, options = {}): Promise<unknown> =>
    createClient(ReviewService, transport).getRatingSummary({ productId: id }, options);

  it('answers with what the handler returns, encoded or not', async () => {
    await expect(call(productId)).resolves.toMatchObject({ summary: { productId } });
    await expect(call('cached')).resolves.toMatchObject({ summary: { productId: 'from the cache' } });
  });

  it('gives every refusal its code, reason, domain and metadata', async () => {
    const error = ConnectError.from(await call('sold-out').catch((thrown: unknown) => thrown));
    expect(error.code).toBe(Code.FailedPrecondition);
    expect(error.findDetails(ErrorInfoSchema)).toMatchObject([
      { reason: 'SOLD_OUT', domain: 'review.souk', metadata: { sku: 'X' } },
    ]);
  });

  it('tells nothing of what went wrong inside', async () => {
    const error = ConnectError.from(await call('broken').catch((thrown: unknown) => thrown));
    expect(error.code).toBe(Code.Internal);
    expect(error.message).not.toContain('secret');
    expect(error.findDetails(ErrorInfoSchema)[0]?.metadata['error_id']).toBeDefined();
  });

  it('names the field that breaks the contract', async () => {
    const error = ConnectError.from(await call('').catch((thrown: unknown) => thrown));
    expect(error.code).toBe(Code.InvalidArgument);
    expect(error.findDetails(BadRequestSchema)[0]?.fieldViolations).toMatchObject([{ field: 'product_id' }]);
  });

  it('says who is at fault when a request cannot be decoded', async () => {
    const client = new Client(`127.0.0.1:${String(port)}`, credentials.createInsecure());
    const code = await new Promise((resolve) => {
      const path = '/souk.review.v1.ReviewService/GetRatingSummary';
      const asIs = (bytes: Buffer): Buffer => bytes;
      client.makeUnaryRequest(path, asIs, asIs, Buffer.from([0x0a, 0xff]), (error) => {
        resolve(error?.code);
      });
    });
    client.close();
    expect(code).toBe(Code.InvalidArgument);
  });

  it('passes the deadline to the handler and stops its work when the caller gives up', async () => {
    const error = ConnectError.from(
      await call('slow', { timeoutMs: 200 }).catch((thrown: unknown) => thrown),
    );
    expect(error.code).toBe(Code.DeadlineExceeded);
    expect(seen?.deadline).toBeLessThanOrEqual(Date.now() + 200);
    await expect(seen?.aborted).resolves.toBeUndefined();
    const controller = new AbortController();
    const cancelled = call('slow', { signal: controller.signal }).catch(
      (thrown: unknown) => ConnectError.from(thrown).code,
    );
    setTimeout(() => controller.abort(), 50);
    await expect(cancelled).resolves.toBe(Code.Canceled);
  });

  it('asks for a token where the contract does, and admits only the callers that it lists', async () => {
    const client = createClient(ReviewService, transport);
    const review = { productId, requestId: newId(), rating: 5, title: 'Fine', text: 'Just as described.' };
    const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => 'ok',
        (thrown: unknown) => ConnectError.from(thrown).code,
      );
    expect(await codeOf(client.createReview(review))).toBe(Code.Unauthenticated);
    principal = { ...shopper, kind: 'guest' };
    expect(await codeOf(client.createReview(review))).toBe(Code.PermissionDenied);
    principal = shopper;
    expect(await codeOf(client.createReview(review))).toBe('ok');
    expect(await codeOf(client.batchGetRatingSummaries({ productIds: [productId] }))).toBe(
      Code.PermissionDenied,
    );
    caller = 'payment';
    expect(await codeOf(client.batchGetRatingSummaries({ productIds: [productId] }))).toBe(
      Code.PermissionDenied,
    );
    caller = 'storefront';
    expect(await codeOf(client.batchGetRatingSummaries({ productIds: [productId] }))).toBe(
      Code.Unimplemented,
    );
    caller = undefined;
  });
});
