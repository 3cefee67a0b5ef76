import { fromBinary } from '@bufbuild/protobuf';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import type { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { type Quote, QuoteSchema } from '@souk/gen/souk/pricing/v1/quote_pb';
import { type Clock, precondition } from '@souk/kernel';
import { type MeshIdentity, moneyFromProto } from '@souk/rpc';
import type { QuotedLine, QuoteRequest, Quotes } from '../app/ports.ts';
import { READ_TIMEOUT_MS } from './step-call.ts';

/** Quotes of the pricing service. Only what pricing signed is believed. */
export function pricingQuotes(
  pricing: Client<typeof PricingService>,
  mesh: Pick<MeshIdentity, 'verify'>,
  clock: Clock,
): Quotes {
  return {
    async quote(request) {
      const { customerId, currency, regionCode, priceTime } = request;
      const lines = request.lines.map(({ sku, quantity }) => ({ lineId: sku, sku, quantity }));
      const query = {
        currency,
        country: regionCode,
        customerId,
        lines,
        ...(priceTime && { priceTime: timestampFromDate(priceTime) }),
      };
      const reply = await pricing.quoteLines(query, { timeoutMs: READ_TIMEOUT_MS });
      const [problem] = reply.quote?.problems ?? [];
      if (problem !== undefined)
        throw precondition('PRICE_UNAVAILABLE', `${problem.sku} cannot be bought at present.`, {
          metadata: { sku: problem.sku },
        });
      const { quote } = await mesh.verify(reply.signedQuote, 'pricing');
      if (typeof quote !== 'string') throw new Error('a signed quote holds no quote');
      const signed = fromBinary(QuoteSchema, Buffer.from(quote, 'base64url'));
      requireFor(request, signed, clock.now());
      return signed.lines.map(
        (line): QuotedLine => ({
          sku: line.sku,
          quantity: line.quantity,
          unitPrice: moneyFromProto(line.unitPrice, 'unit_price'),
          listAmount: moneyFromProto(line.listAmount, 'list_amount'),
          discount: moneyFromProto(line.discount, 'discount'),
          tax: moneyFromProto(line.tax, 'tax'),
          total: moneyFromProto(line.total, 'total'),
        }),
      );
    },
  };
}

/** Refuses a genuine quote that was made for something else. */
function requireFor(request: QuoteRequest, quote: Quote, now: Date): void {
  const isSame =
    quote.customerId === request.customerId &&
    quote.currency === request.currency &&
    quote.country === request.regionCode &&
    quote.lines.length === request.lines.length;
  if (!isSame) throw new Error('a signed quote is for another customer, currency, country or cart');
  if (quote.expireTime === undefined || timestampDate(quote.expireTime) <= now)
    throw new Error('a signed quote has expired');
}
