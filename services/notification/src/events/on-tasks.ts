import { SendDeliverySchema } from '@souk/gen/souk/notification/tasks/v1/notification_tasks_pb';
import { type Handler, on } from '@souk/messaging';
import type { NotificationPorts } from '../app/ports.ts';
import { sendDelivery } from '../app/send-delivery.ts';

/** Makes the attempts that deliveries ask for. */
export function onSendDelivery(ports: NotificationPorts): Handler {
  return on(SendDeliverySchema, ({ deliveryId, failures }, { signal }) =>
    sendDelivery(ports, deliveryId, failures, signal),
  );
}
