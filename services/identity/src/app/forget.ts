import { pause } from '@souk/kernel';
import { erase } from './delete-account.ts';
import type { EndedTokenStore, IdentityPorts } from './ports.ts';

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const KEEP_MS = 7 * DAY_MS;
/** Accounts whose address nobody confirmed go when the sessions they were registered with have ended. */
const UNCONFIRMED_MS = 31 * DAY_MS;
const BATCH = 100;

/** Forgets, every hour, what is of no use any more. */
export async function forget(
  ports: IdentityPorts,
  endedTokens: EndedTokenStore,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const now = ports.clock.now().getTime();
    await ports.sessions.forgetExpired(new Date(now - KEEP_MS));
    await ports.mails.forgetExpired(new Date(now - KEEP_MS));
    await endedTokens.forgetExpired(new Date(now - DAY_MS));
    const accountIds = await ports.accounts.findForgotten(new Date(now - UNCONFIRMED_MS), BATCH);
    for (const accountId of accountIds) await erase(ports, accountId, '', 'account.forgotten');
    await pause(EVERY_MS, signal);
  }
}
