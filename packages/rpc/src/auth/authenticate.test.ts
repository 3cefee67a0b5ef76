import { describe, expect, it } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import { ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { unauthenticated } from '@souk/kernel';
import { ServerContext } from '../server/server-context.ts';
import { authenticator, CALLER_HEADER } from './authenticate.ts';
import type { MeshIdentity } from './mesh-identity.ts';

const refuse = (): Promise<never> => Promise.reject(unauthenticated('TOKEN_INVALID', 'No.'));

function callWith(headers: Record<string, string>): ServerContext {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new ServerContext(ReviewService.method.createReview, {
    metadata,
    cancelled: false,
    getDeadline: () => Number.POSITIVE_INFINITY,
    once: () => undefined,
  });
}

/** A refusal that is begun twice is heard once; the other would end the whole process. */
describe('a token that is refused', () => {
  it.each([
    ['access token', { authorization: 'Bearer forged' }],
    ['caller token', { [CALLER_HEADER]: 'forged' }],
    ['caller token beside an access token', { [CALLER_HEADER]: 'forged', authorization: 'Bearer forged' }],
  ])('is verified once, and its refusal is heard: %s', async (_, headers) => {
    let begun = 0;
    const count = (): Promise<never> => {
      begun += 1;
      return refuse();
    };
    const unused = (): never => {
      throw new Error('not used');
    };
    const mesh: MeshIdentity = { sign: unused, verify: unused, callerToken: unused, verifyCaller: count };
    const authenticate = authenticator(count, mesh);
    await expect(async () => {
      await authenticate(callWith(headers));
    }).rejects.toMatchObject({ reason: 'TOKEN_INVALID' });
    expect(begun).toBe(1);
  });
});
