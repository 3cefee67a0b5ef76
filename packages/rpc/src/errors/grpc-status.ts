import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { Metadata, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { StatusSchema } from '@souk/gen/google/rpc/status_pb';

/** Where gRPC carries `google.rpc.Status`: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
const DETAILS_KEY = 'grpc-status-details-bin';

/** A grpc-js status with its details in the trailer. */
export function toGrpcStatus(error: ConnectError): StatusObject {
  const metadata = new Metadata();
  if (error.details.length > 0) {
    const status = create(StatusSchema, {
      code: error.code,
      message: error.rawMessage,
      details: error.details.map((detail) =>
        'desc' in detail
          ? anyPack(detail.desc, create(detail.desc, detail.value))
          : { typeUrl: `type.googleapis.com/${detail.type}`, value: detail.value },
      ),
    });
    metadata.set(DETAILS_KEY, Buffer.from(toBinary(StatusSchema, status)));
  }
  const code: number = error.code;
  return { code, details: error.rawMessage, metadata };
}

/** The error a client sees for a grpc-js failure, with the details the server sent. */
export function fromGrpcError(source: ServiceError): ConnectError {
  const error = new ConnectError(
    source.details || source.message,
    toCode(source.code),
    undefined,
    undefined,
    source,
  );
  const [bytes] = source.metadata.get(DETAILS_KEY);
  if (Buffer.isBuffer(bytes)) {
    error.details = fromBinary(StatusSchema, bytes).details.map((detail) => ({
      type: detail.typeUrl.slice(detail.typeUrl.lastIndexOf('/') + 1),
      value: detail.value,
    }));
  }
  return error;
}

function toCode(grpcCode: number): Code {
  return grpcCode in Code ? grpcCode : Code.Unknown;
}
