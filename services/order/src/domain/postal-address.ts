import { invalid } from '@souk/kernel';

/** A postal address as it was given; field names follow `google.type.PostalAddress`. */
export interface PostalAddress {
  /** ISO 3166-1 alpha-2. */
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

const MAX_LINES = 10;
const MAX_LENGTH = 200;

/**
 * Refuses an address that nothing could be sent to: it needs a country, a town and a line.
 *
 * @throws DomainError `ADDRESS_INVALID` naming the part of `field`.
 */
export function requireDeliverable(address: PostalAddress, field: string): void {
  const refuse = (part: string, why: string): never => {
    throw invalid('ADDRESS_INVALID', why, {
      field: `${field}.${part}`,
      metadata: { field: `${field}.${part}` },
    });
  };
  if (!/^[A-Z]{2}$/.test(address.regionCode))
    refuse('region_code', 'The country must be an ISO 3166-1 alpha-2 code.');
  if (address.locality.trim() === '') refuse('locality', 'The town is missing.');
  if (!address.addressLines.some((line) => line.trim() !== ''))
    refuse('address_lines', 'The street or box is missing.');
  if (address.addressLines.length > MAX_LINES) refuse('address_lines', `More than ${MAX_LINES} lines.`);
  if (address.recipients.length > MAX_LINES) refuse('recipients', `More than ${MAX_LINES} recipients.`);
  const texts = Object.entries(address).flatMap(([part, value]) =>
    [value].flat().map((text: string) => ({ part, text })),
  );
  for (const { part, text } of texts)
    if (text.length > MAX_LENGTH)
      refuse(
        part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        `Longer than ${MAX_LENGTH} characters.`,
      );
}
