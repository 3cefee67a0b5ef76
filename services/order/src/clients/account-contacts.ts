import type { Client } from '@connectrpc/connect';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import type { Contacts } from '../app/attach-guest-orders.ts';
import { READ_TIMEOUT_MS } from './step-call.ts';

/** Addresses of identity's accounts. */
export function accountContacts(identity: Client<typeof IdentityService>): Contacts {
  return {
    async emailsOf(accountIds) {
      if (accountIds.length === 0) return new Map();
      const reply = await identity.batchGetContacts(
        { accountIds: [...accountIds] },
        { timeoutMs: READ_TIMEOUT_MS },
      );
      return new Map(reply.contacts.map(({ accountId, email }) => [accountId, email]));
    },
  };
}
