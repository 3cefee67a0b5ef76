import { notFound } from '@souk/kernel';
import { breaksAtLedger, breaksAtProvider, type ReconciliationBreak } from '../domain/reconciliation.ts';
import type { PaymentPorts } from './ports.ts';

/** What is compared. */
export interface ReconciliationRequest {
  /** Empty for the default provider. */
  readonly provider: string;
  readonly start: Date | undefined;
  readonly end: Date | undefined;
  /** Movements younger than this are left out: their booking may be on its way. */
  readonly settlingMs: number;
  readonly cursor: ReconciliationCursor | undefined;
  readonly limit: number;
}

/** Where a comparison goes on: first over the provider's movements, then over the ledger's. */
export interface ReconciliationCursor {
  readonly side: 'provider' | 'ledger';
  readonly after: string;
}

/** One page of a comparison. */
export interface ReconciliationPage {
  readonly breaks: readonly ReconciliationBreak[];
  readonly compared: number;
  /** Undefined on the last page. */
  readonly next: ReconciliationCursor | undefined;
}

/**
 * Compares our ledger with the provider's movements. Either side's page is looked up on the other side whatever its date, so
 * that a movement at the edge of the period is no break.
 *
 * @throws DomainError PROVIDER_NOT_FOUND, PROVIDER_UNAVAILABLE.
 */
export async function reconcilePayments(
  { provider, ledger, clock }: PaymentPorts,
  request: ReconciliationRequest,
): Promise<ReconciliationPage> {
  if (request.provider !== '' && request.provider !== provider.name)
    throw notFound('PROVIDER_NOT_FOUND', 'There is no such payment provider.', { field: 'provider' });
  const settled = new Date(clock.now().getTime() - request.settlingMs);
  const end = request.end !== undefined && request.end < settled ? request.end : settled;
  const period = { start: request.start, end };
  const { side, after } = request.cursor ?? { side: 'provider', after: '' };

  if (side === 'provider') {
    const page = await provider.listMovements(period, after === '' ? undefined : after, request.limit);
    const references = page.movements.map(({ providerReference }) => providerReference);
    const ours = await ledger.findMovements(provider.name, references);
    return {
      breaks: breaksAtLedger(page.movements, ours),
      compared: page.movements.length,
      next: page.next === undefined ? { side: 'ledger', after: '0' } : { side, after: page.next },
    };
  }
  const { movements, last } = await ledger.listMovements(provider.name, period, BigInt(after), request.limit);
  const theirs = await provider.findMovements(movements.map(({ providerReference }) => providerReference));
  return {
    breaks: breaksAtProvider(movements, theirs),
    compared: movements.length,
    next: movements.length < request.limit ? undefined : { side, after: last.toString() },
  };
}
