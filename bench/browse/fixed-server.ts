/** The bare limit's server: grpc-js answering with the bytes it was given, and nothing else. Its own process. */
import { Server, ServerCredentials, type UntypedHandleCall } from '@grpc/grpc-js';
import { z } from 'zod';

const replies = z.record(z.string(), z.string()).parse(JSON.parse(process.argv[2] ?? '{}'));
const server = new Server();
for (const [path, base64] of Object.entries(replies)) {
  const bytes = Buffer.from(base64, 'base64');
  const handler: UntypedHandleCall = (_call: unknown, callback: (error: null, reply: object) => void) => {
    callback(null, bytes);
  };
  server.addService(
    {
      answer: {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: () => Buffer.alloc(0),
        requestDeserialize: () => ({}),
        responseSerialize: () => bytes,
        responseDeserialize: () => ({}),
      },
    },
    { answer: handler },
  );
}
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.send?.({ port });
});
