import { invalid } from '@souk/kernel';

// Digits that may be grouped by spaces or dashes, not inside a longer word or number.
const CANDIDATE = /(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])/g;

/** Whether a text holds what looks like a card number: 13 to 19 digits with a valid check digit (Luhn, ISO/IEC 7812-1). */
export function holdsCardNumber(text: string): boolean {
  for (const [candidate] of text.matchAll(CANDIDATE)) {
    if (passesLuhn(candidate.replaceAll(/[ -]/g, ''))) return true;
  }
  return false;
}

/**
 * Refuses card data in fields that clients fill in freely. The error does not repeat the value.
 *
 * @throws DomainError CARD_DATA_REFUSED.
 */
export function refuseCardData(fields: Readonly<Record<string, string>>): void {
  for (const [field, text] of Object.entries(fields)) {
    if (holdsCardNumber(text))
      throw invalid('CARD_DATA_REFUSED', 'The value looks like a card number, which is never accepted.', {
        field,
      });
  }
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (const [index, character] of [...digits].reverse().entries()) {
    const digit = Number(character) * (index % 2 === 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
