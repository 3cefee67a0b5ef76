import { DomainError, unavailable } from '@souk/kernel';
import { ReplyError } from 'ioredis';

/**
 * Passes a command's answer on, and turns "no answer" (not connected, connection lost, timed out) into the DomainError
 * `REDIS_UNAVAILABLE`. Errors that the server itself answered are faults of the program and stay as they are.
 */
export async function reachable<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    if (error instanceof DomainError || isServerReply(error)) throw error;
    throw unavailable('REDIS_UNAVAILABLE', 'the store does not answer', {
      retryAfterMs: 1_000,
      cause: error,
    });
  }
}

/** LOADING and READONLY are answers too, but they say that the server cannot serve at present. */
function isServerReply(error: unknown): boolean {
  return (
    error instanceof ReplyError &&
    error instanceof Error &&
    !/^(LOADING|READONLY|MASTERDOWN)/.test(error.message)
  );
}
