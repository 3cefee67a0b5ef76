import { create } from '@bufbuild/protobuf';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { type GiftCard as CardMessage, GiftCardSchema } from '@souk/gen/souk/payment/v1/gift_card_pb';
import {
  type GiftCardService,
  ListGiftCardsRequestSchema,
} from '@souk/gen/souk/payment/v1/gift_card_service_pb';
import {
  fingerprintOf,
  moneyFromProto,
  moneyToProto,
  type PageTokens,
  pageSizeOf,
  principalOf,
} from '@souk/rpc';
import {
  checkGiftCard,
  disableGiftCard,
  getGiftCard,
  issueGiftCards,
} from '../app/stored-value/gift-cards.ts';
import type { StoredValuePorts } from '../app/stored-value/ports.ts';
import type { GiftCard } from '../domain/gift-card.ts';
import { keyOf } from './from-proto.ts';
import { pageOf } from './page-of.ts';

/** The RPCs of gift cards. */
export function giftCardHandlers(
  ports: StoredValuePorts,
  pageTokens: PageTokens,
): ServiceImpl<typeof GiftCardService> {
  return {
    async issueGiftCards(request, context) {
      const issued = await issueGiftCards(ports, keyOf(request, context), {
        amount: moneyFromProto(request.amount, 'amount'),
        count: request.count === 0 ? 1 : request.count,
        expireTime: request.expireTime && timestampDate(request.expireTime),
        note: request.note,
        issuerId: principalOf(context).id,
      });
      return { giftCards: issued.map(({ card, code }) => ({ giftCard: cardToProto(card), code })) };
    },

    async checkGiftCard({ code }, context) {
      const { balance, held, expireTime } = await checkGiftCard(ports, principalOf(context).id, code);
      return {
        availableAmount: moneyToProto(balance.minus(held)),
        ...(expireTime && { expireTime: timestampFromDate(expireTime) }),
      };
    },

    async getGiftCard({ giftCardId }) {
      return { giftCard: cardToProto(await getGiftCard(ports, giftCardId)) };
    },

    async listGiftCards(request) {
      const fingerprint = fingerprintOf(ListGiftCardsRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, 50, 200);
      const before = pageTokens.decode(request.pageToken, fingerprint)?.[0];
      const { page, next } = pageOf(await ports.giftCards.list(before, limit + 1), limit, (it) => it.id);
      return {
        giftCards: page.map(cardToProto),
        nextPageToken: next === undefined ? '' : pageTokens.encode([next], fingerprint),
      };
    },

    async disableGiftCard({ giftCardId }) {
      return { giftCard: cardToProto(await disableGiftCard(ports, giftCardId)) };
    },
  };
}

function cardToProto(card: GiftCard): CardMessage {
  return create(GiftCardSchema, {
    giftCardId: card.id,
    lastCharacters: card.lastCharacters,
    initialAmount: moneyToProto(card.initialAmount),
    balance: moneyToProto(card.balance),
    heldAmount: moneyToProto(card.held),
    disabled: card.isDisabled,
    note: card.note,
    createTime: timestampFromDate(card.createTime),
    ...(card.expireTime && { expireTime: timestampFromDate(card.expireTime) }),
  });
}
