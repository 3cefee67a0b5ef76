import { newId } from '@souk/kernel';
import type { Payer } from '../domain/fraud/attempt.ts';
import type { Verdict } from '../domain/fraud/rule-set.ts';
import type { OperationResult } from '../domain/operation.ts';
import { type PaymentOrder, requested } from '../domain/payment.ts';
import { carryOut } from './carry-out.ts';
import type { CardMeans, OperationKey, PaymentPorts, TenderCodes } from './ports.ts';

/** What is to be authorised, and by what. */
export interface Authorization extends PaymentOrder {
  /** The provider's token of the card; empty if none is involved or it is a saved one. */
  readonly paymentMethod: string;
  /** What draws on the other tenders. */
  readonly codes: TenderCodes;
  /** What is known of the payer, for the fraud rules. */
  readonly payer: Payer;
}

/** What came of an authorisation. */
export interface AuthorizationResult extends OperationResult {
  /** What the fraud rules said; undefined if this is the answer to an earlier call. */
  readonly verdict: Verdict | undefined;
}

/**
 * Holds an amount for an order.
 *
 * @throws DomainError PAYMENT_DECLINED, PAYMENT_EXISTS, AUTHORIZATION_VOIDED, AMOUNT_INVALID, TENDERS_INVALID,
 * PAYMENT_METHOD_NOT_FOUND and what `carryOut` and the keepers of the tenders throw.
 */
export async function authorizePayment(
  ports: PaymentPorts,
  key: OperationKey,
  { paymentMethod, codes, payer, ...order }: Authorization,
): Promise<AuthorizationResult> {
  const card = await cardOf(ports, order, paymentMethod);
  const tenders = order.tenders.map((it) => (it.kind === 'card' ? { ...it, label: card.label } : it));
  const asked = requested({ ...order, tenders }, ports.provider.name, newId(), ports.clock.now());
  const assessment = await ports.fraud.screen(asked, key.requestId, card, payer);
  const payment = { ...asked, screening: assessment.verdict.decision };
  const result = await carryOut(ports, () =>
    ports.payments.claimAuthorization(key, payment, card.token, codes, assessment),
  );
  return { ...result, verdict: result.payment.id === payment.id ? assessment.verdict : undefined };
}

async function cardOf(
  { cards }: PaymentPorts,
  { customerId, tenders }: PaymentOrder,
  paymentMethod: string,
): Promise<CardMeans> {
  const saved = tenders.find(({ kind, source }) => kind === 'card' && source !== '');
  return saved === undefined ? cards.cardOf(paymentMethod) : cards.savedCard(customerId, saved.source);
}
