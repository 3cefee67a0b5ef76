import type { Clock, Logger } from '@souk/kernel';
import type { Content } from '../domain/content.ts';
import type { Delivery, DeliveryKey, DeliveryState, Failure, Recipient } from '../domain/delivery.ts';

/** What notification's use cases need from outside. */
export interface NotificationPorts {
  readonly deliveries: DeliveryStore;
  readonly contacts: AddressBook;
  readonly secrets: Secrets;
  readonly writer: Writer;
  readonly mail: Mail;
  /** What an event's notification says. @throws when the event cannot be read. */
  readonly contentOf: (event: Pick<Delivery, 'eventType' | 'event'>) => Content;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Where a page of deliveries ends: the next one begins with older ones. */
export interface DeliveryCursor {
  readonly createTime: Date;
  readonly deliveryId: string;
}

/** Which deliveries are listed; `undefined` for any. */
export interface DeliveryFilter {
  readonly recipientId: string | undefined;
  readonly state: DeliveryState | undefined;
}

/** Deliveries, one document each, with the task that asks for their next attempt. */
export interface DeliveryStore {
  /** The id of a delivery, whether or not there is one. */
  idOf(key: DeliveryKey): string;
  find(deliveryId: string): Promise<Delivery | undefined>;
  /** Newest first. */
  list(filter: DeliveryFilter, after: DeliveryCursor | undefined, limit: number): Promise<Delivery[]>;
  /** Stores a new delivery with the task of its first attempt; does nothing if it is there already. */
  add(delivery: Delivery): Promise<void>;
  /**
   * Stores the next version; `false` when another version came first.
   *
   * @param retryInMs when the next attempt is to be made; its task is stored with the delivery. None if left out.
   */
  save(next: Delivery, retryInMs?: number): Promise<boolean>;
}

/** How to reach somebody, and in which language. */
export interface Contact {
  readonly address: string;
  /** Empty if not known. */
  readonly name: string;
  /** BCP 47 tag; may be empty. */
  readonly locale: string;
}

/** Knows who is behind a recipient. */
export interface AddressBook {
  /**
   * The contact; `undefined` when nobody is known.
   *
   * @throws when it cannot be asked now.
   */
  find(recipient: Recipient, signal: AbortSignal): Promise<Contact | undefined>;
}

/** Knows the secrets that mails carry. They are asked for when a mail is sent, and kept nowhere. */
export interface Secrets {
  /**
   * The secret of a mail; `undefined` when it is of no use any more.
   *
   * @throws when it cannot be asked now.
   */
  find(mailId: string, signal: AbortSignal): Promise<string | undefined>;
}

/** A written notification. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Writes notifications with templates. */
export interface Writer {
  /** @param secret of a mail that carries one. */
  write(content: Content, contact: Contact, secret?: string): Letter;
}

/** The e-mail channel. */
export interface Mail {
  /**
   * Hands a letter over.
   *
   * @param deliveryId the mail's id is made of it, so that two copies of it can be told to be one.
   * @returns why it was not accepted; `undefined` when it was.
   */
  send(
    deliveryId: string,
    letter: Letter,
    contact: Contact,
    signal: AbortSignal,
  ): Promise<Failure | undefined>;
}
