/**
 * The server of the unary benchmark, as a process of its own so that its CPU time can be read. `bare` is grpc-js with
 * the same messages and nothing else; `souk` is packages/rpc with authentication, authorisation, validation, metrics.
 */

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type UntypedHandleCall } from '@grpc/grpc-js';
import {
  GetRatingSummaryRequestSchema,
  GetRatingSummaryResponseSchema,
  ReviewService,
} from '@souk/gen/souk/review/v1/review_service_pb';
import {
  accessTokenVerifier,
  authenticator,
  createRpcServer,
  implement,
  loadMeshIdentity,
  Revocations,
  remoteKeys,
} from '@souk/rpc';

const [, , mode, jwksUrl = '', issuer = '', meshKey = '', meshKeys = ''] = process.argv;
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const summary = { productId: '01890a5d-ac96-774b-bcce-b302099a8057', reviewCount: 41n, meanRating: 4.2 };

async function listen(): Promise<number> {
  if (mode === 'bare') {
    const server = new Server();
    const handler: UntypedHandleCall = (_call: unknown, callback: (error: null, reply: object) => void) => {
      callback(null, create(GetRatingSummaryResponseSchema, { summary }));
    };
    server.addService(
      {
        get: {
          path: `/${ReviewService.typeName}/GetRatingSummary`,
          requestStream: false,
          responseStream: false,
          requestSerialize: () => Buffer.alloc(0),
          requestDeserialize: (bytes: Buffer) => fromBinary(GetRatingSummaryRequestSchema, bytes),
          responseSerialize: (message: object) =>
            Buffer.from(
              toBinary(
                GetRatingSummaryResponseSchema,
                create(GetRatingSummaryResponseSchema, { ...message }),
              ),
            ),
          responseDeserialize: () => ({}),
        },
      },
      { get: handler },
    );
    return new Promise((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
  }
  const mesh = await loadMeshIdentity('review', meshKey, meshKeys);
  const server = createRpcServer({
    implementations: [implement(ReviewService, { getRatingSummary: () => ({ summary }) })],
    authenticate: authenticator(accessTokenVerifier(remoteKeys(jwksUrl), issuer, endedByOthers()), mesh),
    log,
    maxInFlight: 1_000,
  });
  server.setServing(true);
  return server.listen('127.0.0.1', 0);
}

/** What a busy shop's services know to have ended early, so that the check is part of what is measured. */
function endedByOthers(): Revocations {
  const revocations = new Revocations(3_600_000);
  revocations.hear(
    Array.from({ length: 10_000 }, () => ({
      subjectId: crypto.randomUUID(),
      sessionId: crypto.randomUUID(),
      minVersion: 0,
      expiresAt: Number.MAX_SAFE_INTEGER,
    })),
  );
  return revocations;
}

process.send?.({ port: await listen() });
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
