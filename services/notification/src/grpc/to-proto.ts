import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  Channel as ChannelMessage,
  type Delivery as DeliveryMessage,
  DeliverySchema,
  DeliveryState as DeliveryStateMessage,
} from '@souk/gen/souk/notification/v1/delivery_pb';
import type { Channel, Delivery, DeliveryState } from '../domain/delivery.ts';

const STATES: Readonly<Record<DeliveryState, DeliveryStateMessage>> = {
  pending: DeliveryStateMessage.PENDING,
  sending: DeliveryStateMessage.SENDING,
  sent: DeliveryStateMessage.SENT,
  failed: DeliveryStateMessage.FAILED,
};
const CHANNELS: Readonly<Record<Channel, ChannelMessage>> = { email: ChannelMessage.EMAIL };

/** A delivery as its message. */
export function deliveryToProto(delivery: Delivery): DeliveryMessage {
  return create(DeliverySchema, {
    deliveryId: delivery.id,
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    subjectId: delivery.recipient.id,
    channel: CHANNELS[delivery.channel],
    template: delivery.template,
    state: STATES[delivery.state],
    recipient: delivery.address ?? '',
    attempts: delivery.attempts.map(({ time, error }) => ({ attemptTime: timestampFromDate(time), error })),
    createTime: timestampFromDate(delivery.createTime),
    ...(delivery.sendTime === undefined ? {} : { sendTime: timestampFromDate(delivery.sendTime) }),
  });
}
