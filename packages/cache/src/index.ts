export { bytesCodec, type Codec } from './codec.ts';
export { type Cache, type CacheOptions, openCache } from './open-cache.ts';
export { reachable } from './reachable.ts';
export type { ReadThrough, ReadThroughOptions } from './read-through.ts';
export { defineScript, type Script } from './script.ts';
