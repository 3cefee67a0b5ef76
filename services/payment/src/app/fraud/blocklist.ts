import { invalid, isUuid, newId, notFound } from '@souk/kernel';
import { refuseCardData } from '../../domain/card-data.ts';
import { addressKey } from '../../domain/fraud/address-key.ts';
import { emailDomain, mailboxOf } from '../../domain/fraud/email.ts';
import type { Blockable } from '../../domain/fraud/facts.ts';
import type { BlocklistEntry, FraudPorts } from './ports.ts';

/** What is to be blocked. */
export interface BlockOrder {
  readonly kind: Blockable;
  readonly value: string;
  readonly reason: string;
  readonly expireTime: Date | undefined;
}

/**
 * Puts something on its blocklist; the value itself is not kept.
 *
 * @throws DomainError BLOCKLIST_VALUE_INVALID, CARD_DATA_REFUSED.
 */
export async function addToBlocklist(
  { blocklist, rules, pseudonym, clock }: FraudPorts,
  { kind, value, reason, expireTime }: BlockOrder,
  authorId: string,
): Promise<BlocklistEntry> {
  refuseCardData({ value, reason });
  const normal = normalised(kind, value);
  if (normal === '')
    throw invalid('BLOCKLIST_VALUE_INVALID', 'The value does not fit what it should be.', { field: 'value' });
  const entry = await blocklist.put({
    id: newId(),
    kind,
    pseudonym: pseudonym(kind, normal),
    maskedValue: masked(normal),
    reason,
    authorId,
    createTime: clock.now(),
    expireTime,
  });
  await rules.refresh();
  return entry;
}

/** @throws DomainError BLOCKLIST_ENTRY_NOT_FOUND. */
export async function removeFromBlocklist({ blocklist, rules }: FraudPorts, entryId: string): Promise<void> {
  if (!(await blocklist.remove(entryId)))
    throw notFound('BLOCKLIST_ENTRY_NOT_FOUND', 'There is no such entry.');
  await rules.refresh();
}

/** The spelling that attempts are compared in; empty if the value makes no sense. */
function normalised(kind: Blockable, value: string): string {
  const text = value.trim();
  switch (kind) {
    case 'card':
    case 'device':
      return text;
    case 'account':
      return isUuid(text) ? text.toLowerCase() : '';
    case 'email':
      return mailboxOf(text);
    case 'email-domain': {
      const domain = text.includes('@') ? emailDomain(text) : text.toLowerCase();
      return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain) ? domain : '';
    }
    case 'address': {
      const [country = '', postalCode = '', ...lines] = text.split('|');
      return addressKey({ country, postalCode, lines });
    }
  }
}

/** Enough to recognise an entry by, not enough to know it. */
function masked(value: string): string {
  const at = value.lastIndexOf('@');
  if (at > 0) return `${value.slice(0, 1)}…${value.slice(at)}`;
  return value.length <= 4 ? '…' : `${value.slice(0, 2)}…${value.slice(-2)}`;
}
