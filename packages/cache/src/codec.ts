/** How a cached value is written to Redis and read back. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** Values that are bytes already, for example encoded messages. */
export const bytesCodec: Codec<Uint8Array> = {
  encode: (value) => value,
  decode: (bytes) => bytes,
};

// The first byte of a stored value says what it is.
const VALUE = 1;
const ABSENT = 2;

/**
 * What `invalidate` leaves for a moment in place of a value: whoever loaded the value before the change must not store it
 * after the change.
 */
export const TOMBSTONE: Buffer = Buffer.from([3]);

/** The stored form of a value, or of the knowledge that there is none. */
export function toStored<T>(codec: Codec<T>, value: T | undefined): Buffer {
  return value === undefined
    ? Buffer.from([ABSENT])
    : Buffer.concat([Buffer.from([VALUE]), codec.encode(value)]);
}

/** Reads a stored value; undefined when nothing usable is stored. */
export function fromStored<T>(
  codec: Codec<T>,
  stored: Buffer | null | undefined,
): { value: T | undefined } | undefined {
  if (stored === null || stored === undefined) return undefined;
  if (stored[0] === ABSENT) return { value: undefined };
  return stored[0] === VALUE ? { value: codec.decode(new Uint8Array(stored.subarray(1))) } : undefined;
}
