import { Money } from '@souk/kernel';
import { z } from 'zod';
import type { DisputeDesk } from '../app/chargebacks/ports.ts';
import type { DisputeNews } from '../domain/chargeback.ts';
import { type ProviderAccess, providerConnection } from './provider-connection.ts';
import { refusal } from './simulator-objects.ts';

const dispute = z.object({
  id: z.string().min(1).max(64),
  object: z.literal('dispute'),
  payment_intent: z.string().min(1).max(64),
  amount: z.number().int().positive(),
  currency: z
    .string()
    .regex(/^[a-z]{3}$/)
    .transform((code) => code.toUpperCase()),
  reason: z.string().max(64).default(''),
  status: z.string(),
  evidence_due_by: z.number().int().nullable().default(null),
  reinstatement: z.string().max(64).nullable().default(null),
});

const event = z.object({ data: z.object({ object: dispute }) });

const STATUSES: Readonly<Record<string, DisputeNews['status']>> = {
  needs_response: 'open',
  under_review: 'under_review',
  won: 'won',
  lost: 'lost',
};

/** Reads the news of a dispute in a webhook's body; undefined if it is about something else. */
export function parseDispute(body: Uint8Array): DisputeNews | undefined {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
  const parsed = event.safeParse(json);
  if (!parsed.success) return undefined;
  const it = parsed.data.data.object;
  const status = STATUSES[it.status];
  if (status === undefined || (status === 'won' && it.reinstatement === null)) return undefined;
  return {
    providerReference: it.id,
    paymentReference: it.payment_intent,
    amount: Money.of(it.currency, it.amount),
    reason: it.reason,
    status,
    evidenceDueTime: it.evidence_due_by === null ? undefined : new Date(it.evidence_due_by * 1_000),
    reinstatement: it.reinstatement ?? '',
  };
}

/** Tells the simulated provider our side of disputes. */
export function simulatorDisputes(access: ProviderAccess): DisputeDesk {
  const request = providerConnection(access);
  return {
    name: 'simulator',
    async submitEvidence(key, providerReference, evidence) {
      const path = `/v1/disputes/${encodeURIComponent(providerReference)}`;
      const { status, json } = await request(path, key, { evidence: Object.fromEntries(evidence) });
      if (status === 200) return { outcome: 'done' };
      const refused = refusal.safeParse(json);
      return { outcome: 'refused', code: refused.success ? refused.data.error.code : `http_${status}` };
    },
  };
}
