import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { MailPurpose } from '@souk/gen/souk/identity/v1/credential_pb';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { notFound } from '@souk/kernel';
import { principalOf } from '@souk/rpc';
import { changePassword } from '../app/change-password.ts';
import { confirmEmail, requestConfirmation } from '../app/confirm-email.ts';
import { getAccount } from '../app/get-account.ts';
import type { IdentityPorts } from '../app/ports.ts';
import { requestPasswordReset, resetPassword } from '../app/reset-password.ts';
import { emailKey } from '../domain/account.ts';
import { deviceOf } from './device.ts';
import { accountToProto, contactToProto, tokensToProto } from './to-proto.ts';

type CredentialMethods =
  | 'confirmEmail'
  | 'requestEmailConfirmation'
  | 'requestPasswordReset'
  | 'resetPassword'
  | 'changePassword'
  | 'getAccountMail';

/** The RPCs about what people prove themselves with. */
export function credentialHandlers(
  ports: IdentityPorts,
): Pick<ServiceImpl<typeof IdentityService>, CredentialMethods> {
  return {
    async confirmEmail({ token, password }, context) {
      const { kind, id } = principalOf(context);
      const account = await confirmEmail(ports, {
        token,
        password,
        signedInAs: kind === 'user' ? id : undefined,
        place: deviceOf(context).address,
      });
      return { account: accountToProto(account) };
    },

    async requestEmailConfirmation(_request, context) {
      const account = await getAccount(ports, principalOf(context).id);
      await requestConfirmation(ports, account, emailKey(account.email));
      return {};
    },

    async requestPasswordReset({ email }) {
      await requestPasswordReset(ports, email);
      return {};
    },

    async resetPassword({ token, newPassword }) {
      await resetPassword(ports, token, newPassword);
      return {};
    },

    async changePassword({ currentPassword, newPassword }, context) {
      const { id } = principalOf(context);
      const device = deviceOf(context);
      const tokens = await changePassword(ports, id, currentPassword, newPassword, device);
      return { tokens: tokensToProto(tokens) };
    },

    async getAccountMail({ mailId }) {
      const mail = await ports.mails.findUsable(mailId);
      const account = mail && (await ports.accounts.findById(mail.accountId));
      if (mail === undefined || account === undefined || mail.purpose === 'registration-repeated')
        throw notFound('MAIL_NOT_FOUND', 'there is no such mail to be sent');
      return {
        contact: contactToProto(account),
        purpose: mail.purpose === 'confirm-email' ? MailPurpose.CONFIRM_EMAIL : MailPurpose.RESET_PASSWORD,
        token: ports.mailTokens.mint(mail.id),
        expireTime: timestampFromDate(mail.expireTime),
      };
    },
  };
}
