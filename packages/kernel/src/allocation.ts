/**
 * Splits a whole amount over weights so that the parts are whole, proportional and sum to the amount:
 * each part gets its floor, and the units left go to the largest remainders (Hamilton's method), ties to the
 * earlier weight. A negative amount is split as its positive and negated.
 *
 * @throws RangeError when there are no weights, one is negative, or all are zero while the amount is not.
 */
export function allocate(amount: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.length === 0) throw new RangeError('cannot allocate over no weights');
  if (weights.some((weight) => weight < 0n)) throw new RangeError('a weight is negative');
  if (amount < 0n) return allocate(-amount, weights).map((part) => -part);
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) {
    if (amount === 0n) return weights.map(() => 0n);
    throw new RangeError('cannot allocate over weights that are all zero');
  }
  const parts = weights.map((weight) => (amount * weight) / total);
  const left = Number(amount - parts.reduce((sum, part) => sum + part, 0n));
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (amount * weight) % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts;
}
