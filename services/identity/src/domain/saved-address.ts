import { invalid } from '@souk/kernel';

/** A postal address, as `google.type.PostalAddress` has it. */
export interface PostalAddress {
  readonly regionCode: string;
  readonly languageCode: string;
  readonly postalCode: string;
  readonly sortingCode: string;
  readonly administrativeArea: string;
  readonly locality: string;
  readonly sublocality: string;
  readonly addressLines: readonly string[];
  readonly recipients: readonly string[];
  readonly organization: string;
}

/** An address that is to be saved. */
export interface AddressDraft {
  readonly label: string;
  readonly address: PostalAddress;
  /** Whether it is taken when no other is chosen. */
  readonly preferred: boolean;
}

/** An address in an account's address book. */
export interface SavedAddress extends AddressDraft {
  /** UUIDv7. */
  readonly id: string;
}

/** Addresses in one address book. */
export const MOST_ADDRESSES = 50;
const MOST_LINES = 10;
const LONGEST_PART = 200;

/** Refuses what nobody can send to. @throws ADDRESS_INVALID */
export function checkAddress(address: PostalAddress): void {
  const { addressLines, recipients, ...parts } = address;
  const texts = [...addressLines, ...recipients, ...Object.values(parts)];
  const fits =
    /^[A-Z]{2}$/.test(address.regionCode) &&
    addressLines.length > 0 &&
    addressLines.length <= MOST_LINES &&
    recipients.length <= MOST_LINES &&
    texts.every((text) => text.length <= LONGEST_PART);
  if (!fits)
    throw invalid('ADDRESS_INVALID', 'an address has a region code and one to ten lines', {
      field: 'address',
    });
}
