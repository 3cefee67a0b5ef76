import { Code } from '@connectrpc/connect';

/** The protocols of the edge. */
export type Protocol = 'REST' | 'gRPC' | 'gRPC-web';

/** All of them. */
export const PROTOCOLS: readonly Protocol[] = ['REST', 'gRPC', 'gRPC-web'];

/** What an RPC came to, alike for every protocol. */
export interface Answer {
  /** The canonical code, for example `NOT_FOUND`; `OK` when it was served; `GARBLED` when it was no answer that callers know. */
  readonly code: string;
  /** `ErrorInfo.reason`; empty when there is none. */
  readonly reason: string;
  /** The answer as text, to look for what must not be in it. */
  readonly text: string;
}

/** Codes that say the platform is at fault, which no request may cause. */
const BROKEN: ReadonlySet<string> = new Set(['INTERNAL', 'UNKNOWN', 'DATA_LOSS', 'GARBLED']);

/** Codes that say it cannot answer now; they count when they stay. */
const AWAY: ReadonlySet<string> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED']);

/** The platform itself failed. */
export function isBroken({ code }: Answer): boolean {
  return BROKEN.has(code);
}

/** The platform, or the part asked for, is away for the moment, or the caller must slow down. */
export function isToBeAskedAgain({ code }: Answer): boolean {
  return AWAY.has(code) || code === 'RESOURCE_EXHAUSTED';
}

/** `NOT_FOUND` for 5. */
export function codeName(code: number): string {
  const name = Code[code];
  return name === undefined ? 'GARBLED' : name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

/** An answer in a word, for reports. */
export function describe({ code, reason }: Answer): string {
  return reason === '' ? code : `${code} ${reason}`;
}
