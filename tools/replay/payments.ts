import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { ReconciliationBreakKind } from '@souk/gen/souk/payment/v1/ledger_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { z } from 'zod';
import type { Edge } from '../sample-data/edge.ts';
import { penceOfMoney } from '../sample-data/pounds.ts';
import type { Shopper } from './shoppers.ts';

/** What came in and went out, in pence. */
export interface Takings {
  readonly charged: number;
  readonly refunded: number;
}

/** The account in which payment keeps what the provider owes. */
const RECEIVABLE = 'provider_receivable';

/** Sums of payment's own ledger. @throws Error when its debits do not equal its credits. */
export async function takingsOfLedger(edge: Edge, admin: Shopper): Promise<Takings> {
  const { accounts, balanced } = await edge.client(PaymentService, admin.token).getTrialBalance({});
  if (!balanced) throw new Error("payment's ledger does not balance");
  const own = accounts.find(({ account, debit }) => account === RECEIVABLE && debit?.currencyCode === 'GBP');
  return { charged: penceOfMoney(own?.debit), refunded: penceOfMoney(own?.credit) };
}

const ledger = z.object({
  currencies: z.record(z.string(), z.object({ charges: z.number(), refunds: z.number() })),
});

/** Sums of the provider's ledger, which knows nothing of the platform. */
export async function takingsOfProvider(address: string, apiKey: string): Promise<Takings> {
  const response = await fetch(`${address}/admin/ledger`, { headers: { authorization: `Bearer ${apiKey}` } });
  if (!response.ok) throw new Error(`the provider's ledger answered ${response.status}`);
  const { currencies } = ledger.parse(await response.json());
  const pounds = currencies['GBP'] ?? currencies['gbp'];
  return { charged: pounds?.charges ?? 0, refunded: pounds?.refunds ?? 0 };
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
