import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import {
  ListStoreCreditEntriesRequestSchema,
  StoreCreditEntryKind,
  type StoreCreditService,
} from '@souk/gen/souk/payment/v1/store_credit_service_pb';
import { notFound } from '@souk/kernel';
import {
  fingerprintOf,
  moneyFromProto,
  moneyToProto,
  ownerScope,
  type PageTokens,
  pageSizeOf,
  principalOf,
} from '@souk/rpc';
import type { StoreCredit, StoredValuePorts } from '../app/stored-value/ports.ts';
import { grantStoreCredit } from '../app/stored-value/store-credit.ts';
import type { StoredValueMovement } from '../domain/stored-value.ts';
import { keyOf } from './from-proto.ts';
import { pageOf } from './page-of.ts';

const KINDS: Readonly<Record<StoredValueMovement, StoreCreditEntryKind>> = {
  issue: StoreCreditEntryKind.GRANT,
  hold: StoreCreditEntryKind.HOLD,
  release: StoreCreditEntryKind.RELEASE,
  capture: StoreCreditEntryKind.CAPTURE,
  refund: StoreCreditEntryKind.REFUND,
};

/** The RPCs of store credit. */
export function storeCreditHandlers(
  ports: StoredValuePorts,
  pageTokens: PageTokens,
): ServiceImpl<typeof StoreCreditService> {
  return {
    async getStoreCredit({ customerId }, context) {
      const balances = await ports.storeCredit.balances(ownerOf(customerId, context));
      return { balances: balances.map(creditToProto) };
    },

    async listStoreCreditEntries(request, context) {
      const owner = ownerOf(request.customerId, context);
      const fingerprint = fingerprintOf(ListStoreCreditEntriesRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, 50, 200);
      const before = pageTokens.decode(request.pageToken, fingerprint)?.[0];
      const rows = await ports.storeCredit.listEntries(
        owner,
        before === undefined ? before : BigInt(before),
        limit + 1,
      );
      const { page, next } = pageOf(rows, limit, (it) => it.entryNumber.toString());
      return {
        entries: page.map((it) => ({
          entryNumber: it.entryNumber,
          kind: KINDS[it.kind],
          amount: moneyToProto(it.amount),
          paymentId: it.paymentId,
          orderId: it.orderId,
          reason: it.reason,
          createTime: timestampFromDate(it.createTime),
        })),
        nextPageToken: next === undefined ? '' : pageTokens.encode([next], fingerprint),
      };
    },

    async grantStoreCredit(request, context) {
      const { customerId, reason } = request;
      const amount = moneyFromProto(request.amount, 'amount');
      const authorId = principalOf(context).id;
      const grant = { customerId, amount, reason, authorId };
      return { balance: creditToProto(await grantStoreCredit(ports, keyOf(request, context), grant)) };
    },
  };
}

/** Whose credit is meant: the caller's own, or anyone's for whoever may look at it. */
function ownerOf(customerId: string, context: HandlerContext): string {
  const scope = ownerScope(context);
  if (customerId === '') return principalOf(context).id;
  if (scope.kind === 'own' && scope.id !== customerId)
    throw notFound('STORE_CREDIT_NOT_FOUND', 'There is no such store credit.');
  return customerId;
}

function creditToProto({ balance, available }: StoreCredit): {
  balance: ReturnType<typeof moneyToProto>;
  availableAmount: ReturnType<typeof moneyToProto>;
} {
  return { balance: moneyToProto(balance), availableAmount: moneyToProto(available) };
}
