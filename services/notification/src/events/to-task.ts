import { SendDeliverySchema } from '@souk/gen/souk/notification/tasks/v1/notification_tasks_pb';
import type { ServiceHost } from '@souk/kernel';
import { type Envelope, task } from '@souk/messaging';
import { type Delivery, failuresOf } from '../domain/delivery.ts';

/** The task of a delivery's next attempt. @param delayMs at least this long from now. */
export function toTask(host: ServiceHost, delivery: Delivery, delayMs: number): Envelope {
  const message = { deliveryId: delivery.id, failures: failuresOf(delivery) };
  return task(host, SendDeliverySchema, message, {
    subject: delivery.id,
    ...(delayMs === 0 ? {} : { delayMs }),
  });
}
