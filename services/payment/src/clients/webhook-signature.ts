import { createHmac, timingSafeEqual } from 'node:crypto';

/** Longest age of a signature, either way, in seconds. */
const TOLERANCE_S = 300;

/**
 * Whether a header `t=<unix seconds>,v1=<hex>[,v1=<hex>…]` is a fresh signature of the body under the secret (Stripe's
 * scheme; several `v1` while a secret is being rotated).
 */
export function isSignedBy(secret: string, header: string, body: Uint8Array, now: Date): boolean {
  const parts = header.split(',').map((part) => part.trim().split('=', 2));
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(now.getTime() / 1000 - Number(time)) > TOLERANCE_S) return false;
  const wanted = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
  return parts.some(([name, value = '']) => {
    if (name !== 'v1' || !/^[0-9a-f]{64}$/.test(value)) return false;
    return timingSafeEqual(Buffer.from(value, 'hex'), wanted);
  });
}
