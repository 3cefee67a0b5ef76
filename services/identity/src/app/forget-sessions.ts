import { pause } from '@souk/kernel';
import type { IdentityPorts } from './ports.ts';

const EVERY_MS = 3_600_000;
const KEEP_MS = 7 * 86_400_000;

/** Forgets, every hour, sessions that expired more than a week ago. */
export async function forgetSessions(ports: IdentityPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await ports.sessions.forgetExpired(new Date(ports.clock.now().getTime() - KEEP_MS));
    await pause(EVERY_MS, signal);
  }
}
