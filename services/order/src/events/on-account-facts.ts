import { timestampDate } from '@bufbuild/protobuf/wkt';
import { EmailConfirmedSchema } from '@souk/gen/souk/identity/events/v1/identity_events_pb';
import { isUuid } from '@souk/kernel';
import { type BatchHandler, onBatch, UndecodableError } from '@souk/messaging';
import type { ConfirmedEmail } from '../app/attach-guest-orders.ts';

/**
 * Learns whose addresses are confirmed. The accounts that a confirmation supersedes bring nothing along: nobody proved that
 * they were the same person's.
 */
export function onAccountFacts(
  confirmed: (emails: readonly ConfirmedEmail[]) => Promise<void>,
): BatchHandler {
  return onBatch(
    [EmailConfirmedSchema],
    (received) =>
      confirmed(
        received.map(({ message: { accountId, occurTime } }) => {
          if (!isUuid(accountId) || occurTime === undefined)
            throw new UndecodableError('a confirmation names an account and a time');
          return { accountId, confirmTime: timestampDate(occurTime) };
        }),
      ),
    { maxSize: 100 },
  );
}
