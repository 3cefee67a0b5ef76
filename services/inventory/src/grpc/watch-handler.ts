import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { HandlerContext } from '@connectrpc/connect';
import {
  AvailabilityWatchEndReason,
  type WatchAvailabilityRequest,
  type WatchAvailabilityResponseSchema,
} from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { callOf } from '@souk/rpc';
import {
  type WatchEnd,
  type WatchEvent,
  type WatchPorts,
  watchAvailability,
} from '../app/watch-availability.ts';
import { decodeResumeToken, encodeResumeToken } from './resume-token.ts';
import { availabilityToProto } from './to-proto.ts';

type Response = MessageInitShape<typeof WatchAvailabilityResponseSchema>;

const REASONS: Readonly<Record<WatchEnd, AvailabilityWatchEndReason>> = {
  'server-stopping': AvailabilityWatchEndReason.SERVER_STOPPING,
  'lifetime-reached': AvailabilityWatchEndReason.LIFETIME_REACHED,
  'source-unavailable': AvailabilityWatchEndReason.SOURCE_UNAVAILABLE,
};

/** The stream of one watcher. */
export async function* watchStream(
  ports: WatchPorts,
  request: WatchAvailabilityRequest,
  context: HandlerContext,
): AsyncGenerator<Response> {
  const { skus } = request;
  const seen = decodeResumeToken(skus, request.resumeToken);
  for await (const event of watchAvailability(ports, skus, seen, callOf(context).signal)) {
    yield { resumeToken: encodeResumeToken(skus, seen), event: eventToProto(event, ports.clock.now()) };
  }
}

function eventToProto(event: WatchEvent, now: Date): NonNullable<Response['event']> {
  switch (event.type) {
    case 'snapshot':
      return { case: 'snapshot', value: { availabilities: event.availabilities.map(availabilityToProto) } };
    case 'change':
      return { case: 'change', value: { availability: availabilityToProto(event.availability) } };
    case 'heartbeat':
      return { case: 'heartbeat', value: { sendTime: timestampFromDate(now) } };
    case 'end':
      return { case: 'end', value: { reason: REASONS[event.reason] } };
  }
}
