import { DeliveryState as DeliveryStateMessage } from '@souk/gen/souk/notification/v1/delivery_pb';
import type { ListDeliveriesRequest } from '@souk/gen/souk/notification/v1/notification_service_pb';
import type { DeliveryCursor, DeliveryFilter } from '../app/ports.ts';
import type { DeliveryState } from '../domain/delivery.ts';

/** Which deliveries are asked for. */
export function filterFromProto({ subjectId, state }: ListDeliveriesRequest): DeliveryFilter {
  return { recipientId: subjectId === '' ? undefined : subjectId, state: stateFromProto(state) };
}

function stateFromProto(state: DeliveryStateMessage): DeliveryState | undefined {
  switch (state) {
    case DeliveryStateMessage.UNSPECIFIED:
      return undefined;
    case DeliveryStateMessage.PENDING:
      return 'pending';
    case DeliveryStateMessage.SENDING:
      return 'sending';
    case DeliveryStateMessage.SENT:
      return 'sent';
    case DeliveryStateMessage.FAILED:
      return 'failed';
  }
}

/** Where a page ends, as it stands in a page token. */
export function cursorToToken({ createTime, deliveryId }: DeliveryCursor): string[] {
  return [createTime.toISOString(), deliveryId];
}

/** Where the page before ended. */
export function cursorFromToken(cursor: readonly string[] | undefined): DeliveryCursor | undefined {
  const [createTime, deliveryId] = cursor ?? [];
  if (createTime === undefined || deliveryId === undefined) return undefined;
  return { createTime: new Date(createTime), deliveryId };
}
