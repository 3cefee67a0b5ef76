import type { MessageInitShape } from '@bufbuild/protobuf';
import type { AuthorizePaymentRequestSchema } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { moneyToProto } from '@souk/rpc';
import type { Means, Tender } from '../domain/tender.ts';

type Request = Extract<MessageInitShape<typeof AuthorizePaymentRequestSchema>, { $typeName?: never }>;
type Asked = Pick<Request, 'paymentMethod' | 'tenders'>;
type MeansMessage = NonNullable<NonNullable<Request['tenders']>[number]['means']>;

/** Tenders as payment takes them: one card that pays all has a field of its own. */
export function meansToProto(tenders: readonly Tender[]): Asked {
  const [first] = tenders;
  if (tenders.length === 1 && first?.means.kind === 'card') return { paymentMethod: first.means.token };
  return {
    tenders: tenders.map(({ means, amount }) => ({ amount: moneyToProto(amount), means: toMessage(means) })),
  };
}

function toMessage(means: Means): MeansMessage {
  switch (means.kind) {
    case 'card':
      return { case: 'paymentMethod', value: means.token };
    case 'saved-card':
      return { case: 'savedPaymentMethodId', value: means.methodId };
    case 'gift-card':
      return { case: 'giftCardCode', value: means.code };
    case 'store-credit':
      return { case: 'storeCredit', value: {} };
  }
}
