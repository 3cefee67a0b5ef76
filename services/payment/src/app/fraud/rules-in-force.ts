import { type Logger, pause } from '@souk/kernel';
import { DEFAULT_RULES } from '../../domain/fraud/default-rules.ts';
import type { Blockable } from '../../domain/fraud/facts.ts';
import type { BlocklistStore, RuleSetStore, RulesInForce } from './ports.ts';

const PAGE = 1_000;
const REFRESH_MS = 2_000;

/** What the rules in force are read from. */
export interface RuleSources {
  readonly ruleSets: RuleSetStore;
  readonly blocklist: BlocklistStore;
  readonly log: Logger;
}

/** Keeps rules and blocklists at hand, so that a payment does not wait for them; those of a new platform until read. */
export function rulesInForce({ ruleSets, blocklist }: RuleSources): RulesInForce {
  let ruleSet = DEFAULT_RULES;
  let blocked = new Set<string>();
  const isBlocked = (kind: Blockable, pseudonym: string): boolean => blocked.has(`${kind}:${pseudonym}`);
  return {
    current: () => ({ ruleSet, isBlocked }),
    async refresh() {
      const active = await ruleSets.find(0);
      const fresh = new Set<string>();
      for (let before: string | undefined; ; ) {
        const page = await blocklist.list(before, PAGE);
        for (const { kind, pseudonym } of page) fresh.add(`${kind}:${pseudonym}`);
        before = page.at(-1)?.id;
        if (page.length < PAGE) break;
      }
      if (active !== undefined) ruleSet = active;
      blocked = fresh;
    },
  };
}

/** Follows changes that other replicas make, and entries that end, until the service stops. */
export async function keepRulesFresh(rules: RulesInForce, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await rules.refresh().catch((err: unknown) => {
      log.warn({ err }, 'fraud rules could not be read; the last known ones stay in force');
    });
    await pause(REFRESH_MS, signal);
  }
}
