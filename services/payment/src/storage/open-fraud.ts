import { createHmac } from 'node:crypto';
import type { Cache } from '@souk/cache';
import type { Clock, Logger } from '@souk/kernel';
import type { Sql } from '@souk/sql';
import type { FraudPorts } from '../app/fraud/ports.ts';
import { rulesInForce } from '../app/fraud/rules-in-force.ts';
import { postgresAssessments } from './postgres-assessments.ts';
import { postgresBlocklist } from './postgres-blocklist.ts';
import { postgresRuleSets, seedRuleSet } from './postgres-rule-sets.ts';
import { redisFraudCounters } from './redis-fraud-counters.ts';

/** What judging works with. */
export interface FraudEngines {
  readonly sql: Sql;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly log: Logger;
  /** Keys the hashes that stand for cards, e-mails, addresses and devices. */
  readonly secret: string;
}

/** Everything that judging needs, with the rules of a new platform in place and those in force at hand. */
export async function openFraud({ sql, cache, clock, log, secret }: FraudEngines): Promise<FraudPorts> {
  await seedRuleSet(sql);
  const ruleSets = postgresRuleSets(sql);
  const blocklist = postgresBlocklist(sql);
  const rules = rulesInForce({ ruleSets, blocklist, log });
  await rules.refresh();
  return {
    counters: redisFraudCounters(cache, log),
    rules,
    pseudonym: (kind, value) =>
      createHmac('sha256', secret).update(`${kind}:${value}`).digest('base64url').slice(0, 22),
    assessments: postgresAssessments(sql),
    ruleSets,
    blocklist,
    clock,
    log,
  };
}
