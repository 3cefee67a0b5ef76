import type { Client } from '@connectrpc/connect';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import type { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import type { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { isReason } from '@souk/rpc';
import type { AddressBook, Contact, Secrets } from '../app/ports.ts';
import type { Recipient } from '../domain/delivery.ts';

/** The address book: order knows its buyers' contacts, identity those of accounts, inventory who waits for a SKU. */
export function addressBook(
  orders: Client<typeof OrderService>,
  identity: Client<typeof IdentityService>,
  inventory: Client<typeof InventoryService>,
): AddressBook {
  return {
    async find({ kind, id }, signal) {
      const contact = await ask(kind, id, signal);
      return contact === undefined || contact.address === '' ? undefined : contact;
    },
  };

  function ask(kind: Recipient['kind'], id: string, signal: AbortSignal): Promise<Contact | undefined> {
    switch (kind) {
      case 'order':
        return ofOrder(id, signal);
      case 'account':
        return ofAccount(id, signal);
      case 'subscription':
        return ofSubscription(id, signal);
    }
  }

  async function ofSubscription(subscriptionId: string, signal: AbortSignal): Promise<Contact | undefined> {
    try {
      const { email, locale } = await inventory.getSubscriptionContact({ subscriptionId }, { signal });
      return { address: email, name: '', locale };
    } catch (error) {
      if (isReason(error, 'SUBSCRIPTION_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  async function ofOrder(orderId: string, signal: AbortSignal): Promise<Contact | undefined> {
    try {
      const { email, name, locale } = await orders.getOrderContact({ orderId }, { signal });
      return { address: email, name, locale };
    } catch (error) {
      if (isReason(error, 'ORDER_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  async function ofAccount(accountId: string, signal: AbortSignal): Promise<Contact | undefined> {
    const { contacts } = await identity.batchGetContacts({ accountIds: [accountId] }, { signal });
    const contact = contacts.find((each) => each.accountId === accountId);
    return contact && { address: contact.email, name: contact.displayName, locale: contact.locale };
  }
}

/** The secrets of mails, which identity makes when it is asked. */
export function mailSecrets(identity: Client<typeof IdentityService>): Secrets {
  return {
    async find(mailId, signal) {
      try {
        return (await identity.getAccountMail({ mailId }, { signal })).token;
      } catch (error) {
        if (isReason(error, 'MAIL_NOT_FOUND')) return undefined;
        throw error;
      }
    },
  };
}
