import { type DomainError, newId, notFound } from '@souk/kernel';
import { refuseCardData } from '../../domain/card-data.ts';
import { type Chargeback, chargebackClosed, type DisputeNews, requireOpen } from '../../domain/chargeback.ts';
import type { ChargebackPorts } from './ports.ts';

/**
 * Takes in what a provider tells of a dispute, in any order and as often as it is told.
 *
 * @throws DomainError PAYMENT_NOT_FOUND if the disputed payment is not known, so that the provider tells it again.
 */
export async function receiveDispute(
  { chargebacks, desk, clock, log }: ChargebackPorts,
  news: DisputeNews,
): Promise<void> {
  const { id, state, orderId } = await chargebacks.apply(desk.name, news, newId(), clock.now());
  log.info({ chargebackId: id, state, orderId }, 'news of a dispute');
}

/** @throws DomainError CHARGEBACK_NOT_FOUND. */
export async function getChargeback(
  { chargebacks }: ChargebackPorts,
  chargebackId: string,
): Promise<Chargeback> {
  const found = await chargebacks.find(chargebackId);
  if (found === undefined) throw chargebackNotFound();
  return found;
}

/**
 * Tells the provider our side.
 *
 * @throws DomainError CHARGEBACK_NOT_FOUND, CHARGEBACK_STATE_INVALID, CHARGEBACK_EVIDENCE_TOO_LATE, CARD_DATA_REFUSED,
 * PROVIDER_UNAVAILABLE.
 */
export async function submitEvidence(
  ports: ChargebackPorts,
  requestId: string,
  chargebackId: string,
  evidence: ReadonlyMap<string, string>,
): Promise<Chargeback> {
  refuseCardData(Object.fromEntries([...evidence].map(([kind, text]) => [`evidence.${kind}`, text])));
  const chargeback = await getChargeback(ports, chargebackId);
  requireOpen(chargeback, ports.clock.now());
  const answer = await ports.desk.submitEvidence(requestId, chargeback.providerReference, evidence);
  if (answer.outcome === 'refused') throw chargebackClosed(chargebackId, chargeback.state);
  const after = await ports.chargebacks.submitted(chargebackId, evidence, ports.clock.now());
  return after ?? getChargeback(ports, chargebackId);
}

function chargebackNotFound(): DomainError {
  return notFound('CHARGEBACK_NOT_FOUND', 'There is no such chargeback.');
}
