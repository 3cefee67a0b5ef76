import { newId } from '@souk/kernel';
import type { Device } from '../domain/session.ts';
import { GUEST_RIGHTS, openSession, type TokenPair } from './open-session.ts';
import type { IdentityPorts } from './ports.ts';

/** Creates a guest and opens its session. A guest is no more than its session until it owns something elsewhere. */
export async function createGuest(
  ports: IdentityPorts,
  device: Device,
): Promise<{ guestId: string; tokens: TokenPair }> {
  const guestId = newId();
  const tokens = await openSession(ports, { kind: 'guest', id: guestId, ...GUEST_RIGHTS }, device);
  return { guestId, tokens };
}
