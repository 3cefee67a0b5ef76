import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { LedgerSide, ReconciliationBreakKind } from '@souk/gen/souk/payment/v1/ledger_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { z } from 'zod';
import type { Edge } from '../sample-data/edge.ts';
import { penceOfMoney } from '../sample-data/pounds.ts';
import type { Shopper } from './shoppers.ts';

/** What came in and went out, in pence. */
export interface Takings {
  readonly charged: number;
  readonly refunded: number;
  /** By the provider's ids of the charges and refunds. */
  readonly references: ReadonlySet<string>;
}

/** The account in which payment keeps what the provider owes. */
const RECEIVABLE = 'provider_receivable';

/** Sums what payment's ledger booked for some orders. @throws Error when the ledger's debits do not equal its credits. */
export async function takingsOfLedger(
  edge: Edge,
  admin: Shopper,
  orderIds: ReadonlySet<string>,
): Promise<Takings> {
  const payments = edge.client(PaymentService, admin.token);
  const { balanced } = await payments.getTrialBalance({});
  if (!balanced) throw new Error("payment's ledger does not balance");
  const takings = { charged: 0, refunded: 0, references: new Set<string>() };
  let pageToken = '';
  do {
    const page = await payments.listLedgerEntries({ account: RECEIVABLE, pageSize: 1_000, pageToken });
    for (const { orderId, side, amount, providerReference } of page.entries) {
      if (!orderIds.has(orderId)) continue;
      if (side === LedgerSide.DEBIT) takings.charged += penceOfMoney(amount);
      else takings.refunded += penceOfMoney(amount);
      takings.references.add(providerReference);
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return takings;
}

const movements = z.object({
  data: z.array(z.object({ id: z.string(), source: z.string(), currency: z.string(), amount: z.number() })),
  has_more: z.boolean(),
});

/**
 * Sums what the provider's own ledger says of charges and refunds; it knows nothing of the platform.
 *
 * @param references ids of the charges and refunds to sum.
 */
export async function takingsOfProvider(
  address: string,
  apiKey: string,
  references: ReadonlySet<string>,
): Promise<Takings> {
  const takings = { charged: 0, refunded: 0, references: new Set<string>() };
  let after = '';
  for (;;) {
    const query = new URLSearchParams({ limit: '1000', ...(after === '' ? {} : { starting_after: after }) });
    const response = await fetch(`${address}/v1/balance_transactions?${query.toString()}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    if (!response.ok) throw new Error(`the provider's ledger answered ${response.status}`);
    const page = movements.parse(await response.json());
    for (const { source, currency, amount } of page.data) {
      if (!references.has(source) || currency.toUpperCase() !== 'GBP') continue;
      if (amount > 0) takings.charged += amount;
      else takings.refunded -= amount;
      takings.references.add(source);
    }
    after = page.data.at(-1)?.id ?? '';
    if (!page.has_more || after === '') return takings;
  }
}

/** What payment's own comparison with the provider found. */
export interface Reconciliation {
  readonly compared: number;
  readonly breaks: readonly string[];
}

/** Has payment compare its ledger with the provider's, movement by movement, since a time. */
export async function reconcilePayments(edge: Edge, admin: Shopper, since: Date): Promise<Reconciliation> {
  const payments = edge.client(PaymentService, admin.token);
  const breaks: string[] = [];
  let compared = 0;
  let pageToken = '';
  do {
    const page = await payments.reconcilePayments({
      startTime: timestampFromDate(since),
      pageSize: 1_000,
      pageToken,
    });
    compared += Number(page.comparedCount);
    breaks.push(
      ...page.breaks.map(
        ({ kind, providerReference }) => `${ReconciliationBreakKind[kind]} ${providerReference}`,
      ),
    );
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return { compared, breaks };
}
