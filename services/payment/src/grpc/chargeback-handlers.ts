import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  type Chargeback as ChargebackMessage,
  ChargebackSchema,
  ChargebackState as StateMessage,
} from '@souk/gen/souk/payment/v1/chargeback_pb';
import {
  type ChargebackService,
  ListChargebacksRequestSchema,
} from '@souk/gen/souk/payment/v1/chargeback_service_pb';
import { fingerprintOf, moneyToProto, type PageTokens, pageSizeOf } from '@souk/rpc';
import { getChargeback, submitEvidence } from '../app/chargebacks/chargebacks.ts';
import type { ChargebackPorts } from '../app/chargebacks/ports.ts';
import type { Chargeback, ChargebackState } from '../domain/chargeback.ts';
import { pageOf } from './page-of.ts';

const STATES: Readonly<Record<ChargebackState, StateMessage>> = {
  open: StateMessage.OPEN,
  evidence_submitted: StateMessage.EVIDENCE_SUBMITTED,
  won: StateMessage.WON,
  lost: StateMessage.LOST,
};

/** The RPCs of those who answer disputes. */
export function chargebackHandlers(
  ports: ChargebackPorts,
  pageTokens: PageTokens,
): ServiceImpl<typeof ChargebackService> {
  return {
    async getChargeback({ chargebackId }) {
      return { chargeback: chargebackToProto(await getChargeback(ports, chargebackId)) };
    },

    async listChargebacks(request) {
      const { orderId } = request;
      const fingerprint = fingerprintOf(ListChargebacksRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, 50, 200);
      const before = pageTokens.decode(request.pageToken, fingerprint)?.[0];
      const rows = await ports.chargebacks.list({ orderId, before, limit: limit + 1 });
      const { page, next } = pageOf(rows, limit, (it) => it.id);
      return {
        chargebacks: page.map(chargebackToProto),
        nextPageToken: next === undefined ? '' : pageTokens.encode([next], fingerprint),
      };
    },

    async submitChargebackEvidence({ requestId, chargebackId, evidence }) {
      const told = new Map(Object.entries(evidence));
      return { chargeback: chargebackToProto(await submitEvidence(ports, requestId, chargebackId, told)) };
    },
  };
}

function chargebackToProto(it: Chargeback): ChargebackMessage {
  return create(ChargebackSchema, {
    chargebackId: it.id,
    paymentId: it.paymentId,
    orderId: it.orderId,
    amount: moneyToProto(it.amount),
    reason: it.reason,
    state: STATES[it.state],
    provider: it.provider,
    providerReference: it.providerReference,
    evidence: Object.fromEntries(it.evidence),
    version: it.version,
    createTime: timestampFromDate(it.createTime),
    updateTime: timestampFromDate(it.updateTime),
    ...(it.evidenceDueTime && { evidenceDueTime: timestampFromDate(it.evidenceDueTime) }),
  });
}
