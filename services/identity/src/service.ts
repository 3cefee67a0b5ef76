import { openCache } from '@souk/cache';
import { permissions } from '@souk/gen/permissions';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { connectKafka, type Envelope } from '@souk/messaging';
import { implement, PageTokens, type Revocation } from '@souk/rpc';
import { defineService } from '@souk/service';
import { openSql, relayOutbox } from '@souk/sql';
import { EndedTokenFeed } from './app/ended-token-feed.ts';
import { forget } from './app/forget.ts';
import { exchangeApiKey } from './app/manage-service-accounts.ts';
import type { IdentityPorts } from './app/ports.ts';
import { seedAccounts } from './app/seed-accounts.ts';
import { tendKeys } from './app/tend-keys.ts';
import { config } from './config.ts';
import type { AccountFact } from './domain/account.ts';
import type { EndedTokens } from './domain/session.ts';
import { apiKeySecrets } from './providers/api-key-secrets.ts';
import { argon2Hasher } from './providers/argon2-hasher.ts';
import { sealUnder } from './providers/seal.ts';
import { mailTokens } from './providers/mail-tokens.ts';
import { openKeyRing } from './providers/signing-key.ts';
import { serveTokenEndpoint } from './providers/token-endpoint.ts';
import { totp } from './providers/totp.ts';
import { serveWellKnown } from './providers/well-known.ts';
import { tokenMint } from './providers/token-mint.ts';
import { toEvent } from './events/to-event.ts';
import { identityHandlers } from './grpc/identity-handlers.ts';
import { chainHash } from './storage/audit-chain.ts';
import { migrations } from './storage/migrations/index.ts';
import { postgresAccountStore } from './storage/postgres-account-store.ts';
import { postgresAddresses } from './storage/postgres-addresses.ts';
import { postgresAuditLog } from './storage/postgres-audit-log.ts';
import { postgresEndedTokens } from './storage/postgres-ended-tokens.ts';
import { postgresMailStore } from './storage/postgres-mail-store.ts';
import { postgresRoles } from './storage/postgres-roles.ts';
import { postgresSecondFactors } from './storage/postgres-second-factors.ts';
import { postgresServiceAccounts } from './storage/postgres-service-accounts.ts';
import { postgresSessionStore } from './storage/postgres-session-store.ts';
import { postgresSigningKeys } from './storage/postgres-signing-keys.ts';
import { redisLoginThrottle } from './storage/redis-login-throttle.ts';

/** Identity: accounts, guests, sessions and roles. */
export const service = defineService({
  name: 'identity',
  config,
  async start(ctx) {
    const sql = await openSql(ctx, { migrations });
    const kafka = connectKafka(ctx);
    relayOutbox(ctx, sql, kafka);

    const { accessTtlS, keyOverlapS } = ctx.config;
    const tokenLifeMs = (accessTtlS + SLACK_S) * 1_000;
    const auditHash = chainHash(ctx.secret('audit-log'));
    const endedTokens = postgresEndedTokens(sql);
    const feed = new EndedTokenFeed(endedTokens, ctx.log);
    const onEnded = (): void => feed.kick();
    const recording = { auditHash, onEnded, tokenLifeMs };
    const toFact = (happened: AccountFact): Envelope => toEvent(ctx, happened);
    const overlap = { beforeUseMs: keyOverlapS * 1_000, afterUseMs: tokenLifeMs };
    const keys = await openKeyRing(
      postgresSigningKeys(sql, overlap, auditHash),
      sealUnder(ctx.secret('signing-keys')),
      ctx.clock.now(),
    );
    const ports: IdentityPorts = {
      accounts: postgresAccountStore(sql, { toEvent: toFact, ...recording }),
      sessions: postgresSessionStore(sql, { tokenLifeMs, onEnded }),
      mails: postgresMailStore(sql, toFact),
      mailTokens: mailTokens(ctx.secret('mail-tokens')),
      keys,
      roles: postgresRoles(sql, recording),
      serviceAccounts: postgresServiceAccounts(sql, recording),
      apiKeySecrets,
      auditLog: postgresAuditLog(sql, auditHash),
      secondFactors: postgresSecondFactors(sql, {
        totp: totp(ctx.secret('recovery-codes'), new URL(ctx.issuer).host),
        seal: sealUnder(ctx.secret('second-factors')),
        auditHash,
      }),
      addresses: postgresAddresses(sql),
      catalogue: new Set(permissions),
      passwords: await argon2Hasher({
        memoryCost: ctx.config.argon2MemoryKib,
        timeCost: ctx.config.argon2Passes,
        parallelism: 1,
        concurrency: ctx.config.hashConcurrency,
        queue: ctx.config.hashQueue,
      }),
      tokens: tokenMint(keys, { issuer: ctx.issuer, ...ctx.config }),
      throttle: redisLoginThrottle(openCache(ctx), ctx.log, ctx.config.placeFreeAttempts),
      clock: ctx.clock,
    };

    await seedAccounts(ports, ctx.config);
    serveWellKnown(ctx, keys);
    serveTokenEndpoint(ctx, (secret, scopes) => exchangeApiKey(ports, secret, scopes));
    feed.watch((ended) => ctx.revocations.hear(ended.map(toRevocation)));
    ctx.worker('ended-tokens', (signal) => feed.run(signal));
    ctx.worker('signing-keys', (signal) =>
      tendKeys(keys, ctx.clock, ctx.config.keyRotationS * 1_000, signal),
    );
    ctx.worker('forget', (signal) => forget(ports, endedTokens, signal));

    const stopping = new AbortController();
    ctx.onStop('intake', async () => stopping.abort());
    const pageTokens = new PageTokens(ctx.secret('page-tokens'));
    const handlers = identityHandlers(ports, { pageTokens, feed, stopping: stopping.signal });
    return { rpc: [implement(IdentityService, handlers)] };
  },
});

/** Clocks' tolerance beyond the life of an access token, in seconds. */
const SLACK_S = 60;

function toRevocation(ended: EndedTokens): Revocation {
  return {
    subjectId: ended.subjectId,
    sessionId: 'sessionId' in ended ? ended.sessionId : '',
    minVersion: 'minVersion' in ended ? Number(ended.minVersion) : 0,
    expiresAt: ended.expireTime.getTime(),
  };
}
