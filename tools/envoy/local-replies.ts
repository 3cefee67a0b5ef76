import { create, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { ErrorInfoSchema, RetryInfoSchema } from '@souk/gen/google/rpc/error_details_pb';
import { StatusSchema } from '@souk/gen/google/rpc/status_pb';
import type { Json } from './holes.ts';

/** How one kind of refusal by Envoy itself is shown to REST callers. */
interface Reply {
  /** The HTTP status that Envoy chose, or `[least]` for that and all above. */
  readonly on: number | readonly [number];
  /** Canonical status code. */
  readonly code: number;
  /** The code for gRPC callers where it is another one. */
  readonly grpcCode?: number;
  /** A value of `souk.errors.v1.EdgeErrorReason` without its prefix. */
  readonly reason: string;
  /** Text for people; what Envoy says unless given. */
  readonly message?: string;
  /** The HTTP status to send instead. */
  readonly status?: number;
  /** Further conditions. */
  readonly when?: readonly Json[];
  readonly headers?: readonly Json[];
  /** When gRPC callers may try again, in seconds; REST callers are told by a header. */
  readonly retryAfterS?: number;
}

const DOMAIN = 'edge.souk';

const NO_TOKEN: Json = {
  header_filter: { header: { name: 'authorization', present_match: true, invert_match: true } },
};

const RETRY_AFTER: Json = {
  header: { key: 'retry-after', value: '%RESP(X-RATELIMIT-RESET)%' },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
};

const TOKEN_INVALID = { code: 16, reason: 'TOKEN_INVALID' };

/** The first that fits is taken. */
const REPLIES: readonly Reply[] = [
  { on: 400, code: 3, reason: 'REQUEST_MALFORMED' },
  { on: 401, code: 16, reason: 'TOKEN_MISSING', message: 'The call needs a bearer token.', when: [NO_TOKEN] },
  { on: 401, ...TOKEN_INVALID },
  // Envoy says 403 for a token with a foreign audience, which is no better than a foreign signature.
  { on: 403, ...TOKEN_INVALID, status: 401 },
  // A method that is not there is UNIMPLEMENTED in gRPC.
  { on: 404, code: 5, grpcCode: 12, reason: 'ROUTE_NOT_FOUND' },
  { on: 408, code: 4, reason: 'REQUEST_TIMEOUT' },
  { on: 413, code: 3, reason: 'REQUEST_TOO_LARGE' },
  { on: 431, code: 3, reason: 'REQUEST_TOO_LARGE' },
  {
    on: 429,
    code: 8,
    reason: 'RATE_LIMITED',
    message: 'Too many requests. Try again later.',
    headers: [RETRY_AFTER],
    retryAfterS: 1,
  },
  { on: 503, code: 14, reason: 'SERVICE_UNAVAILABLE', message: 'The service cannot be reached. Try again.' },
  { on: 504, code: 4, reason: 'DEADLINE_EXCEEDED', message: 'The service did not answer in time.' },
  { on: [500], code: 13, reason: 'INTERNAL' },
  { on: [400], code: 3, reason: 'REQUEST_REFUSED' },
];

/**
 * Mappers that show Envoy's own refusals as `google.rpc.Status` JSON with an ErrorInfo of the domain `edge.souk`, in the
 * shape of services' errors, and tell the limited when to come back.
 */
export function renderLocalReplies(): Json[] {
  return [...REPLIES.map(renderRestReply), ...REPLIES.map(renderGrpcReply)];
}

/** What REST does not take reaches these: the status goes in trailers, with the same details. */
function renderGrpcReply(reply: Reply): Json {
  const { on, status, when = [] } = reply;
  const value = Buffer.from(toBinary(StatusSchema, statusOf(reply))).toString('base64');
  return {
    filter: when.length === 0 ? statusFilter(on) : { and_filter: { filters: [statusFilter(on), ...when] } },
    ...(status === undefined ? {} : { status_code: status }),
    headers_to_add: [
      { header: { key: 'grpc-status-details-bin', value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
    ],
  };
}

function statusOf({
  code,
  grpcCode = code,
  reason,
  message = '',
  retryAfterS,
}: Reply): MessageShape<typeof StatusSchema> {
  const info = create(ErrorInfoSchema, { reason, domain: DOMAIN });
  const details = [anyPack(ErrorInfoSchema, info)];
  if (retryAfterS !== undefined) {
    const retry = create(RetryInfoSchema, { retryDelay: { seconds: BigInt(retryAfterS) } });
    details.push(anyPack(RetryInfoSchema, retry));
  }
  return create(StatusSchema, { code: grpcCode, message, details });
}

function renderRestReply({ on, code, reason, message, status, when = [], headers }: Reply): Json {
  return {
    filter: { and_filter: { filters: [statusFilter(on), REST_ONLY, ...when] } },
    ...(status === undefined ? {} : { status_code: status }),
    ...(headers === undefined ? {} : { headers_to_add: headers }),
    body_format_override: {
      content_type: 'application/json',
      json_format: {
        code,
        message: message ?? '%LOCAL_REPLY_BODY%',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason,
            domain: DOMAIN,
            metadata: { request_id: '%REQ(X-REQUEST-ID)%' },
          },
        ],
      },
    },
  };
}

function statusFilter(on: Reply['on']): Json {
  const [op, status] = typeof on === 'number' ? ['EQ', on] : ['GE', on[0]];
  return {
    status_code_filter: { comparison: { op, value: { default_value: status, runtime_key: 'unused' } } },
  };
}

/** gRPC callers get a status in trailers. A transcoded call is REST, though its content type is gRPC's by then. */
const REST_ONLY: Json = {
  or_filter: {
    filters: [
      {
        header_filter: {
          header: {
            name: 'content-type',
            string_match: { prefix: 'application/grpc' },
            invert_match: true,
            treat_missing_header_as_empty: true,
          },
        },
      },
      { header_filter: { header: { name: 'x-envoy-original-path', present_match: true } } },
    ],
  },
};
