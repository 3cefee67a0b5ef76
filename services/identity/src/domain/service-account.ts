import { invalid } from '@souk/kernel';

/** A program of the merchant's that calls the platform. */
export interface ServiceAccount {
  /** UUIDv7; the `sub` of its access tokens. */
  readonly id: string;
  readonly displayName: string;
  /** The most that its keys may do, sorted. */
  readonly permissions: readonly string[];
  readonly createTime: Date;
}

/** A key of a service account, without its secret. */
export interface ApiKey {
  /** UUIDv7; the `sid` of its access tokens. */
  readonly id: string;
  readonly serviceAccountId: string;
  readonly displayName: string;
  /** Sorted. */
  readonly scopes: readonly string[];
  readonly createTime: Date;
  readonly expireTime: Date;
  readonly useTime: Date | undefined;
  readonly revokeTime: Date | undefined;
}

/** Service accounts there may be. */
export const MOST_SERVICE_ACCOUNTS = 500;
/** Keys that a service account may have, revoked ones included. */
export const MOST_KEYS = 50;

const MINUTE = 60_000;
const YEAR = 365 * 86_400_000;

/**
 * When a key ends: as asked for, in a year if not said.
 *
 * @throws EXPIRE_TIME_INVALID
 */
export function keyExpireTime(asked: Date | undefined, now: Date): Date {
  const expireTime = asked ?? new Date(now.getTime() + YEAR);
  const lifeMs = expireTime.getTime() - now.getTime();
  if (lifeMs < MINUTE || lifeMs > 2 * YEAR)
    throw invalid('EXPIRE_TIME_INVALID', 'a key ends between a minute and two years from now', {
      field: 'expire_time',
    });
  return expireTime;
}

/**
 * The scopes that are asked for, of those that may be given: all of these when none are asked for.
 *
 * @throws SCOPE_NOT_ALLOWED
 */
export function narrowScopes(asked: readonly string[], allowed: readonly string[]): string[] {
  for (const scope of asked)
    if (!allowed.includes(scope))
      throw invalid('SCOPE_NOT_ALLOWED', 'this may not be done with it', {
        field: 'scopes',
        metadata: { scope },
      });
  return [...new Set(asked.length === 0 ? allowed : asked)].sort();
}

/** Whether a key works now. */
export function keyWorks(key: ApiKey, now: Date): boolean {
  return key.revokeTime === undefined && key.expireTime > now;
}
