import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  type PostalAddress as PostalAddressMessage,
  PostalAddressSchema,
} from '@souk/gen/google/type/postal_address_pb';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import {
  type SavedAddress as SavedAddressMessage,
  SavedAddressSchema,
} from '@souk/gen/souk/identity/v1/profile_pb';
import { principalOf } from '@souk/rpc';
import type { IdentityPorts } from '../app/ports.ts';
import { deleteAddress, saveAddress, updateProfile } from '../app/profile.ts';
import { beginTotp, confirmTotp, regenerateCodes, removeTotp } from '../app/second-factor.ts';
import type { PostalAddress, SavedAddress } from '../domain/saved-address.ts';
import { deviceOf } from './device.ts';
import { onceOf } from './once-of.ts';
import { accountToProto } from './to-proto.ts';

type PersonalMethods =
  | 'beginTotp'
  | 'confirmTotp'
  | 'removeTotp'
  | 'regenerateRecoveryCodes'
  | 'updateProfile'
  | 'listAddresses'
  | 'saveAddress'
  | 'deleteAddress';

/** The RPCs with which people look after what is theirs alone: second factor, profile, address book. */
export function personalHandlers(
  ports: IdentityPorts,
): Pick<ServiceImpl<typeof IdentityService>, PersonalMethods> {
  return {
    async beginTotp({ password }, context) {
      const { id } = principalOf(context);
      const { secret, uri } = await beginTotp(ports, id, password, deviceOf(context).address);
      return { secret, otpauthUri: uri };
    },

    async confirmTotp({ code }, context) {
      const { id } = principalOf(context);
      return { recoveryCodes: await confirmTotp(ports, id, code, deviceOf(context).address) };
    },

    async removeTotp({ password, code }, context) {
      await removeTotp(ports, principalOf(context).id, { password, code }, deviceOf(context).address);
      return {};
    },

    async regenerateRecoveryCodes({ code }, context) {
      const { id } = principalOf(context);
      return { recoveryCodes: await regenerateCodes(ports, id, code, deviceOf(context).address) };
    },

    async updateProfile({ displayName, locale, updateMask }, context) {
      const { id } = principalOf(context);
      const account = await updateProfile(ports, id, { displayName, locale }, updateMask?.paths ?? []);
      return { account: accountToProto(account) };
    },

    async listAddresses(_request, context) {
      return { addresses: (await ports.addresses.list(principalOf(context).id)).map(addressToProto) };
    },

    async saveAddress({ addressId, label, address, preferred, requestId }, context) {
      const draft = { label, preferred, address: addressFromProto(address) };
      const { id } = principalOf(context);
      const saved = await saveAddress(ports, id, addressId, draft, onceOf(requestId, context));
      return { address: addressToProto(saved) };
    },

    async deleteAddress({ addressId }, context) {
      await deleteAddress(ports, principalOf(context).id, addressId);
      return {};
    },
  };
}

function addressFromProto(message: PostalAddressMessage = create(PostalAddressSchema)): PostalAddress {
  return {
    regionCode: message.regionCode,
    languageCode: message.languageCode,
    postalCode: message.postalCode,
    sortingCode: message.sortingCode,
    administrativeArea: message.administrativeArea,
    locality: message.locality,
    sublocality: message.sublocality,
    addressLines: message.addressLines,
    recipients: message.recipients,
    organization: message.organization,
  };
}

function addressToProto({ id, label, address, preferred }: SavedAddress): SavedAddressMessage {
  return create(SavedAddressSchema, {
    addressId: id,
    label,
    preferred,
    address: create(PostalAddressSchema, {
      ...address,
      addressLines: [...address.addressLines],
      recipients: [...address.recipients],
    }),
  });
}
