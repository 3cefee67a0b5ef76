import { exhausted, invalid, newId, notFound } from '@souk/kernel';
import { type Account, changed } from '../domain/account.ts';
import {
  type AddressDraft,
  checkAddress,
  MOST_ADDRESSES,
  type SavedAddress,
} from '../domain/saved-address.ts';
import { accountNotFound } from './get-account.ts';
import type { IdentityPorts, Once } from './ports.ts';

/** Changes a profile. @throws ACCOUNT_NOT_FOUND, UPDATE_MASK_INVALID */
export async function updateProfile(
  ports: IdentityPorts,
  accountId: string,
  profile: { displayName: string; locale: string },
  paths: readonly string[],
): Promise<Account> {
  if (paths.length === 0 || paths.some((path) => path !== 'display_name' && path !== 'locale'))
    throw invalid('UPDATE_MASK_INVALID', 'display_name and locale can be changed', { field: 'update_mask' });
  const account = await ports.accounts.change(accountId, (before) => ({
    account: changed(before, {
      ...(paths.includes('display_name') ? { displayName: profile.displayName.trim() } : {}),
      ...(paths.includes('locale') && profile.locale !== '' ? { locale: profile.locale } : {}),
    }),
    facts: [],
    audit: [],
  }));
  if (account === undefined) throw accountNotFound();
  return account;
}

/** Saves an address, or replaces one. @throws ADDRESS_NOT_FOUND, ADDRESS_INVALID, ADDRESS_LIMIT_EXCEEDED, REQUEST_ID_REUSED */
export async function saveAddress(
  { addresses }: Pick<IdentityPorts, 'addresses'>,
  accountId: string,
  addressId: string,
  draft: AddressDraft,
  once?: Once,
): Promise<SavedAddress> {
  checkAddress(draft.address);
  const address: SavedAddress = { id: addressId === '' ? newId() : addressId, ...draft };
  const outcome = await addresses.save(accountId, address, addressId === '', MOST_ADDRESSES, once);
  if (outcome === 'absent') throw addressNotFound();
  if (outcome === 'full')
    throw exhausted('ADDRESS_LIMIT_EXCEEDED', 'the address book is full', {
      metadata: { limit: String(MOST_ADDRESSES) },
    });
  return outcome;
}

/** Deletes an address. @throws ADDRESS_NOT_FOUND */
export async function deleteAddress(
  { addresses }: Pick<IdentityPorts, 'addresses'>,
  accountId: string,
  addressId: string,
): Promise<void> {
  if (!(await addresses.delete(accountId, addressId))) throw addressNotFound();
}

function addressNotFound(): Error {
  return notFound('ADDRESS_NOT_FOUND', 'there is no such address');
}
