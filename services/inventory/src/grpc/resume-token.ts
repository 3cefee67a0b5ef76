import { createHash } from 'node:crypto';
import { invalid } from '@souk/kernel';

const HASH_BYTES = 8;

/**
 * Where a watch stands: the version last seen of every watched SKU. It says nothing that the watcher does not know, so
 * it is not signed; it is bound to the set of SKUs.
 */
export function encodeResumeToken(skus: readonly string[], seen: ReadonlyMap<string, bigint>): string {
  const versions = [...skus].sort().flatMap((sku) => varint(seen.get(sku) ?? 0n));
  return Buffer.concat([hashOf(skus), Buffer.from(versions)]).toString('base64url');
}

/**
 * The versions of a resume token; none for an empty token.
 * @throws DomainError RESUME_TOKEN_INVALID when it belongs to other SKUs or is malformed.
 */
export function decodeResumeToken(skus: readonly string[], token: string): Map<string, bigint> {
  const seen = new Map<string, bigint>();
  if (token === '') return seen;
  const bytes = Buffer.from(token, 'base64url');
  if (!bytes.subarray(0, HASH_BYTES).equals(hashOf(skus))) throw malformed();
  let at = HASH_BYTES;
  for (const sku of [...skus].sort()) {
    let version = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 56n) throw malformed();
      version |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    seen.set(sku, version);
  }
  if (at !== bytes.length) throw malformed();
  return seen;
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (; value > 0x7fn; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return [...bytes, Number(value)];
}

function hashOf(skus: readonly string[]): Buffer {
  return createHash('sha256')
    .update([...skus].sort().join('\0'))
    .digest()
    .subarray(0, HASH_BYTES);
}

function malformed(): Error {
  return invalid('RESUME_TOKEN_INVALID', 'The resume token is not one of a watch of these SKUs.', {
    field: 'resume_token',
  });
}
