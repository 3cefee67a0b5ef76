import { createHash } from 'node:crypto';
import type { Message } from '@bufbuild/protobuf';
import { isUuid } from '@souk/kernel';
import type { ServerContext } from './server-context.ts';

/**
 * Fills a request's empty `request_id` from the `Idempotency-Key` header, which is how REST clients name a write.
 * A key that is no UUID is hashed into one (RFC 9562 version 8), so any text up to 255 characters serves.
 */
export function applyIdempotencyKey(context: ServerContext, request: Message): void {
  if (context.method.input.field['requestId'] === undefined || Reflect.get(request, 'requestId') !== '')
    return;
  const key = context.header('idempotency-key');
  if (key !== undefined && key !== '')
    Reflect.set(request, 'requestId', isUuid(key) ? key.toLowerCase() : hashed(key));
}

function hashed(key: string): string {
  const hex = createHash('sha256').update(key.slice(0, 255)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
