/** An address as far as it tells places apart. */
export interface PlaceParts {
  readonly country: string;
  readonly postalCode: string;
  readonly lines: readonly string[];
}

/**
 * One spelling for one place: without case, accents, punctuation and spaces, so that "12, High St." and "12 high st" count
 * as one. Empty if the address says nothing.
 */
export function addressKey({ country, postalCode, lines }: PlaceParts): string {
  const parts = [country, postalCode, ...lines].map((part) =>
    part
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}]/gu, ''),
  );
  return parts.slice(1).every((part) => part === '') ? '' : parts.join('|');
}
