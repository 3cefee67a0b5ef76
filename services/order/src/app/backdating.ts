import { denied, invalid } from '@souk/kernel';
import type { BackdatingGrant, OrderPorts } from './ports.ts';

/** How far clocks may disagree. */
const TOLERANCE_MS = 60_000;
const DEFAULT_HOURS = 4;

/** A time that a caller claims, and the grant that is to allow it. */
export interface ClaimedTime {
  readonly time: Date | undefined;
  readonly grant: string;
}

/**
 * The time that something counts as done at: now, unless a grant allows what is claimed.
 *
 * @throws DomainError `ORDER_TIME_NOT_GRANTED` without a grant or for a future time, `BACKDATING_GRANT_INVALID`.
 */
export async function effectiveTime(
  { grants, clock }: Pick<OrderPorts, 'grants' | 'clock'>,
  claimed: ClaimedTime,
  field: string,
): Promise<Date> {
  const now = clock.now();
  const { time, grant } = claimed;
  if (time === undefined) return now;
  if (time.getTime() > now.getTime() + TOLERANCE_MS)
    throw invalid('ORDER_TIME_NOT_GRANTED', 'The time lies in the future.', { field });
  if (grant === '')
    throw invalid('ORDER_TIME_NOT_GRANTED', 'A time in the past needs a backdating grant.', { field });
  const granted = await grants.read(grant);
  if (granted === undefined || time < granted.earliest || time > granted.latest)
    throw denied('BACKDATING_GRANT_INVALID', 'The grant is not valid, or does not cover the time.');
  return time;
}

/** A new grant and when it ends. */
export async function createBackdatingGrant(
  { grants, clock }: Pick<OrderPorts, 'grants' | 'clock'>,
  grant: BackdatingGrant,
  validHours: number,
): Promise<{ token: string; expireTime: Date }> {
  if (grant.latest < grant.earliest)
    throw invalid('VALIDATION_FAILED', 'The latest time lies before the earliest.', { field: 'latest_time' });
  const ttlS = (validHours === 0 ? DEFAULT_HOURS : validHours) * 3_600;
  const expireTime = new Date(clock.now().getTime() + ttlS * 1_000);
  return { token: await grants.issue(grant, ttlS), expireTime };
}
