import type { ServiceImpl } from '@connectrpc/connect';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { pause, WakeUp } from '@souk/kernel';
import { principalOf } from '@souk/rpc';
import type { EndedTokenFeed } from '../app/ended-token-feed.ts';
import type { IdentityPorts } from '../app/ports.ts';
import type { EndedTokens } from '../domain/session.ts';
import { endedToProto, signingKeyToProto } from './to-proto.ts';

const DEFAULT_HEARTBEAT_MS = 1_000;
const MOST_PER_MESSAGE = 1_000;

type KeyMethods = 'listSigningKeys' | 'rotateSigningKey' | 'watchRevocations';

/** The RPCs with which others know what access tokens hold. */
export function keyHandlers(
  ports: IdentityPorts,
  feed: EndedTokenFeed,
  stopping: AbortSignal,
): Pick<ServiceImpl<typeof IdentityService>, KeyMethods> {
  return {
    async listSigningKeys() {
      return { signingKeys: (await ports.keys.published(ports.clock.now())).map(signingKeyToProto) };
    },

    async rotateSigningKey(_request, context) {
      const key = await ports.keys.rotate(ports.clock.now(), principalOf(context).id);
      return { signingKey: signingKeyToProto(key) };
    },

    async *watchRevocations(request, context) {
      const heartbeatMs = request.heartbeatMs === 0 ? DEFAULT_HEARTBEAT_MS : request.heartbeatMs;
      const signal = AbortSignal.any([context.signal, stopping]);
      const wakeUp = new WakeUp();
      const waiting: EndedTokens[] = [];
      // A replica that has not read the store yet, or cannot, says nothing: silence makes the watcher look elsewhere.
      while (!signal.aborted && !feed.isCurrent(Date.now())) await pause(100, signal);
      const unwatch = feed.watch((ended) => {
        waiting.push(...ended);
        if (ended.length > 0) wakeUp.call();
      });
      signal.addEventListener('abort', () => wakeUp.call());
      try {
        while (!signal.aborted) {
          if (waiting.length > 0 || feed.isCurrent(Date.now()))
            yield { revocations: waiting.splice(0, MOST_PER_MESSAGE).map(endedToProto) };
          if (waiting.length === 0) await wakeUp.sleep(heartbeatMs);
        }
      } finally {
        unwatch();
      }
    },
  };
}
