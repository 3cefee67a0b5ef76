import { createHash } from 'node:crypto';
import type { Aggregate } from '@souk/mongo';
import { Binary } from 'mongodb';
import type { Delivery, DeliveryKey } from '../domain/delivery.ts';

/** A delivery as it is stored. */
export interface DeliveryDocument extends Aggregate, Omit<Delivery, 'id' | 'version' | 'event'> {
  event: Binary;
}

/** The delivery's id: a UUID (version 8) made of a hash, the same for the same event, recipient and channel. */
export function deliveryIdOf({ eventId, recipient: { kind, id }, channel }: DeliveryKey): string {
  const hash = createHash('sha256').update(`${eventId}\n${kind}\n${id}\n${channel}`).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A delivery as its document. */
export function toDocument({ id, event, ...fields }: Delivery): DeliveryDocument {
  return { _id: id, ...fields, event: new Binary(event) };
}

/** A delivery from its document. */
export function fromDocument(document: DeliveryDocument): Delivery {
  return {
    id: document._id,
    version: document.version,
    eventId: document.eventId,
    eventType: document.eventType,
    event: new Uint8Array(document.event.value()),
    recipient: document.recipient,
    channel: document.channel,
    template: document.template,
    state: document.state,
    leasedUntil: document.leasedUntil,
    address: document.address,
    attempts: document.attempts,
    deferrals: document.deferrals,
    outages: document.outages,
    createTime: document.createTime,
    sendTime: document.sendTime,
  };
}
