/** Crockford's base 32: no letters that people take for digits or for each other. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DIGITS = 14;
const BITS_PER_DIGIT = 5n;
/** The id's version (4 bits after 52) and variant (2 bits after 64) are the same in all ids and are left out. */
const TIME_BITS = 48n;
const RANDOM_A_BITS = 12n;
const RANDOM_B_BITS = 10n;
const VERSION = 7n;
const VARIANT = 2n;
/** Bits of an id that the number does not tell. */
const HIDDEN_BITS = 52n;

/** The smallest and the largest order id that have a number. */
export interface OrderIdRange {
  readonly first: string;
  readonly last: string;
}

/**
 * The order's number for people, for example `01KD2-M4QWE-8XR3`: time and 22 random bits of its UUIDv7 in Crockford's
 * base 32. It takes no counter, tells no competitor how much is sold, and sorts by time; two orders of one millisecond
 * have the same with a chance of one in four million.
 *
 * @throws RangeError for what is no UUID.
 */
export function orderNumberOf(orderId: string): string {
  const hex = orderId.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError(`not a UUID: ${orderId}`);
  const id = BigInt(`0x${hex}`);
  const bits = (from: bigint, count: bigint): bigint => (id >> (128n - from - count)) & ((1n << count) - 1n);
  let value =
    (bits(0n, TIME_BITS) << (RANDOM_A_BITS + RANDOM_B_BITS)) |
    (bits(52n, RANDOM_A_BITS) << RANDOM_B_BITS) |
    bits(66n, RANDOM_B_BITS);
  let digits = '';
  for (let index = 0; index < DIGITS; index++) {
    digits = `${ALPHABET[Number(value & 31n)] ?? ''}${digits}`;
    value >>= BITS_PER_DIGIT;
  }
  return `${digits.slice(0, 5)}-${digits.slice(5, 10)}-${digits.slice(10)}`;
}

/**
 * The ids that a number may stand for; undefined for what is no number. Letters in any case, with or without dashes, and
 * with I and L for 1 and O for 0, as people write them.
 */
export function orderIdsOf(orderNumber: string): OrderIdRange | undefined {
  const digits = orderNumber.replaceAll('-', '').toUpperCase().replaceAll(/[IL]/g, '1').replaceAll('O', '0');
  if (digits.length !== DIGITS) return undefined;
  let value = 0n;
  for (const digit of digits) {
    const index = ALPHABET.indexOf(digit);
    if (index < 0) return undefined;
    value = (value << BITS_PER_DIGIT) | BigInt(index);
  }
  const randomB = value & ((1n << RANDOM_B_BITS) - 1n);
  const randomA = (value >> RANDOM_B_BITS) & ((1n << RANDOM_A_BITS) - 1n);
  const time = value >> (RANDOM_A_BITS + RANDOM_B_BITS);
  const known =
    (((((time << 4n) | VERSION) << RANDOM_A_BITS) | randomA) << 12n) | (VARIANT << RANDOM_B_BITS) | randomB;
  const first = known << HIDDEN_BITS;
  return { first: uuidOf(first), last: uuidOf(first | ((1n << HIDDEN_BITS) - 1n)) };
}

function uuidOf(value: bigint): string {
  const hex = value.toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
