import type { ServiceImpl } from '@connectrpc/connect';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import type { PageTokens } from '@souk/rpc';
import type { EndedTokenFeed } from '../app/ended-token-feed.ts';
import type { IdentityPorts } from '../app/ports.ts';
import { accountHandlers } from './account-handlers.ts';
import { auditHandlers } from './audit-handlers.ts';
import { credentialHandlers } from './credential-handlers.ts';
import { keyHandlers } from './key-handlers.ts';
import { personalHandlers } from './personal-handlers.ts';
import { roleHandlers } from './role-handlers.ts';
import { serviceAccountHandlers } from './service-account-handlers.ts';
import { sessionHandlers } from './session-handlers.ts';

/** Identity's RPCs. `stopping` ends its streams. */
export function identityHandlers(
  ports: IdentityPorts,
  options: { pageTokens: PageTokens; feed: EndedTokenFeed; stopping: AbortSignal },
): ServiceImpl<typeof IdentityService> {
  return {
    ...accountHandlers(ports, options.pageTokens),
    ...sessionHandlers(ports),
    ...credentialHandlers(ports),
    ...personalHandlers(ports),
    ...roleHandlers(ports),
    ...serviceAccountHandlers(ports),
    ...auditHandlers(ports, options.pageTokens),
    ...keyHandlers(ports, options.feed, options.stopping),
  };
}
