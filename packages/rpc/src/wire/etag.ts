import { aborted, invalid } from '@souk/kernel';

/** The etag of a version of a resource: a quoted string (RFC 9110 §8.8.3). */
export function etagOf(version: bigint | number): string {
  return `"${version.toString(36)}"`;
}

/**
 * The version that an etag names.
 *
 * @throws DomainError VALIDATION_FAILED when it is not one of ours.
 */
export function versionOf(etag: string): bigint {
  const digits = /^"([0-9a-z]{1,13})"$/.exec(etag)?.[1];
  if (digits === undefined) throw invalid('VALIDATION_FAILED', 'The etag is malformed.', { field: 'etag' });
  let version = 0n;
  for (const digit of digits) version = version * 36n + BigInt(Number.parseInt(digit, 36));
  return version;
}

/** The refusal of a change that was based on an old version. */
export function etagMismatch(current: bigint | number): Error {
  return aborted('ETAG_MISMATCH', 'The resource has changed since it was read.', {
    metadata: { etag: etagOf(current) },
  });
}
