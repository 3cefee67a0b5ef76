import { openCache } from '@souk/cache';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { connectKafka } from '@souk/messaging';
import { implement, PageTokens } from '@souk/rpc';
import { defineService } from '@souk/service';
import { openSql, relayOutbox } from '@souk/sql';
import { forgetSessions } from './app/forget-sessions.ts';
import type { IdentityPorts } from './app/ports.ts';
import { seedAdmin } from './app/seed-admin.ts';
import { config } from './config.ts';
import { argon2Hasher } from './providers/argon2-hasher.ts';
import { sealUnder } from './providers/seal.ts';
import { loadSigner, publicKeySet } from './providers/signing-key.ts';
import { tokenMint } from './providers/token-mint.ts';
import { toEvent } from './events/to-event.ts';
import { identityHandlers } from './grpc/identity-handlers.ts';
import { migrations } from './storage/migrations/index.ts';
import { postgresAccountStore } from './storage/postgres-account-store.ts';
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

    const keys = postgresSigningKeys(sql);
    const signer = await loadSigner(keys, sealUnder(ctx.secret('signing-keys')), ctx.clock.now());
    const ports: IdentityPorts = {
      accounts: postgresAccountStore(sql, (happened) => toEvent(ctx, happened)),
      sessions: postgresSessionStore(sql),
      passwords: await argon2Hasher({
        memoryCost: ctx.config.argon2MemoryKib,
        timeCost: ctx.config.argon2Passes,
        parallelism: 1,
        concurrency: ctx.config.hashConcurrency,
        queue: ctx.config.hashQueue,
      }),
      tokens: tokenMint(signer, { issuer: ctx.issuer, ...ctx.config }),
      throttle: redisLoginThrottle(openCache(ctx), ctx.log),
      clock: ctx.clock,
    };

    const { adminEmail, adminPassword } = ctx.config;
    if (adminEmail !== undefined && adminPassword !== undefined)
      await seedAdmin(ports, adminEmail, adminPassword);

    ctx.http('GET', '/.well-known/jwks.json', async (_request, response) => {
      const body = JSON.stringify(await publicKeySet(keys));
      response
        .writeHead(200, { 'content-type': 'application/jwk-set+json', 'cache-control': 'max-age=60' })
        .end(body);
    });
    ctx.worker('forget-sessions', (signal) => forgetSessions(ports, signal));

    return {
      rpc: [implement(IdentityService, identityHandlers(ports, new PageTokens(ctx.secret('page-tokens'))))],
    };
  },
});
