import { type DomainError, notFound } from '@souk/kernel';
import { checkRuleBook, type RuleBook, type RuleSet } from '../../domain/fraud/rule-set.ts';
import { refuseCardData } from '../../domain/card-data.ts';
import type { FraudPorts, StoredRuleSet } from './ports.ts';

/**
 * Adds a version of the rules.
 *
 * @throws DomainError RULE_SET_INVALID, CARD_DATA_REFUSED, REQUEST_ID_REUSED.
 */
export async function createRuleSet(
  { ruleSets }: FraudPorts,
  key: { readonly requestId: string; readonly fingerprint: string },
  book: RuleBook & { readonly note: string },
  authorId: string,
): Promise<StoredRuleSet> {
  refuseCardData({ note: book.note });
  checkRuleBook(book);
  return ruleSets.create(key, book, authorId);
}

/**
 * Lets a version decide from now on: here at once, in other replicas within two seconds.
 *
 * @throws DomainError FRAUD_RULE_SET_NOT_FOUND.
 */
export async function activateRuleSet(
  { ruleSets, rules }: FraudPorts,
  version: number,
): Promise<StoredRuleSet> {
  const active = await ruleSets.activate(version);
  if (active === undefined) throw ruleSetNotFound();
  await rules.refresh();
  return active;
}

/** @throws DomainError FRAUD_RULE_SET_NOT_FOUND. */
export async function getRuleSet({ ruleSets }: FraudPorts, version: number): Promise<StoredRuleSet> {
  const found = await ruleSets.find(version);
  if (found === undefined) throw ruleSetNotFound();
  return found;
}

/** The rules to try: a version that exists, or a book that is not stored (as version 0). */
export async function rulesToTry(ports: FraudPorts, tried: number | RuleBook): Promise<RuleSet> {
  if (typeof tried === 'number') return getRuleSet(ports, tried);
  checkRuleBook(tried);
  return { ...tried, version: 0 };
}

function ruleSetNotFound(): DomainError {
  return notFound('FRAUD_RULE_SET_NOT_FOUND', 'There is no such version of the fraud rules.');
}
