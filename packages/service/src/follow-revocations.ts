import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { type Logger, pause } from '@souk/kernel';
import type { Revocations } from '@souk/rpc';

const HEARTBEAT_MS = 1_000;
/** After so long without a heartbeat the stream is taken for dead and another replica is tried. */
const SILENCE_MS = 3_000;
const RECONNECT_MS = 500;

/**
 * Follows identity's revocations for the life of the service. A stream that ends, fails or falls silent is opened anew
 * at once; what was missed meanwhile is in the first message of the next one.
 */
export async function followRevocations(
  identity: Client<typeof IdentityService>,
  revocations: Revocations,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await follow(identity, revocations, signal, () => {
        if (failures > 0) log.info({ failures }, 'identity tells what tokens ended again');
        failures = 0;
      });
    } catch (err) {
      failures += 1;
      if (failures === 1) log.warn({ err }, 'identity does not tell what tokens ended; trying again');
    }
    await pause(RECONNECT_MS, signal);
  }
}

async function follow(
  identity: Client<typeof IdentityService>,
  revocations: Revocations,
  stop: AbortSignal,
  onHeard: () => void,
): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const signal = AbortSignal.any([stop, silence.signal]);
  try {
    for await (const message of identity.watchRevocations({ heartbeatMs: HEARTBEAT_MS }, { signal })) {
      timer.refresh();
      revocations.hear(
        message.revocations.map(({ subjectId, sessionId, minVersion, expireTime }) => ({
          subjectId,
          sessionId,
          minVersion: Number(minVersion),
          expiresAt: expireTime === undefined ? Number.MAX_SAFE_INTEGER : timestampMs(expireTime),
        })),
      );
      onHeard();
    }
  } finally {
    clearTimeout(timer);
  }
}
