import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  AccountDeletedSchema,
  AccountLockedSchema,
  AccountRegisteredSchema,
  AccountUnlockedSchema,
  EmailConfirmationRequestedSchema,
  EmailConfirmedSchema,
  PasswordChangedSchema,
  PasswordResetRequestedSchema,
  RegistrationRepeatedSchema,
  RoleGrantedSchema,
  RoleRevokedSchema,
} from '@souk/gen/souk/identity/events/v1/identity_events_pb';
import type { ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
import type { AccountFact } from '../domain/account.ts';

/** Turns what happened to an account into the message that tells of it. */
export function toEvent(host: ServiceHost, happened: AccountFact): Envelope {
  const { accountId, version, time } = happened;
  const common = { accountId, version, occurTime: timestampFromDate(time) };
  const options = { subject: accountId, time };
  switch (happened.type) {
    case 'registered':
      return fact(host, AccountRegisteredSchema, common, options);
    case 'registration-repeated':
      return fact(host, RegistrationRepeatedSchema, common, options);
    case 'confirmation-requested':
      return fact(host, EmailConfirmationRequestedSchema, { ...common, mailId: happened.mailId }, options);
    case 'email-confirmed': {
      const supersededAccountIds = [...happened.supersededIds];
      return fact(host, EmailConfirmedSchema, { ...common, supersededAccountIds }, options);
    }
    case 'reset-requested':
      return fact(host, PasswordResetRequestedSchema, { ...common, mailId: happened.mailId }, options);
    case 'password-changed':
      return fact(host, PasswordChangedSchema, common, options);
    case 'locked':
      return fact(host, AccountLockedSchema, { ...common, actorId: happened.actorId }, options);
    case 'unlocked':
      return fact(host, AccountUnlockedSchema, { ...common, actorId: happened.actorId }, options);
    case 'deleted':
      return fact(host, AccountDeletedSchema, common, options);
    case 'role-granted': {
      const { role, actorId } = happened;
      return fact(host, RoleGrantedSchema, { ...common, role, actorId }, options);
    }
    case 'role-revoked': {
      const { role, actorId } = happened;
      return fact(host, RoleRevokedSchema, { ...common, role, actorId }, options);
    }
  }
}
