import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  type PaymentMethod as MethodMessage,
  PaymentMethodSchema,
} from '@souk/gen/souk/payment/v1/payment_method_pb';
import type { PaymentMethodService } from '@souk/gen/souk/payment/v1/payment_method_service_pb';
import { principalOf } from '@souk/rpc';
import { deleteMethod, setDefaultMethod } from '../app/methods/manage-methods.ts';
import type { MethodPorts } from '../app/methods/ports.ts';
import { saveMethod } from '../app/methods/save-method.ts';
import type { PaymentMethod } from '../domain/payment-method.ts';
import { keyOf } from './from-proto.ts';

/** The RPCs of shoppers' saved means of payment; each acts on the caller's own only. */
export function paymentMethodHandlers(ports: MethodPorts): ServiceImpl<typeof PaymentMethodService> {
  return {
    async savePaymentMethod(request, context) {
      const method = await saveMethod(ports, keyOf(request, context), {
        customerId: principalOf(context).id,
        token: request.providerToken,
        makeDefault: request.makeDefault,
      });
      return { paymentMethod: methodToProto(method) };
    },

    async listPaymentMethods(_request, context) {
      const methods = await ports.methods.list(principalOf(context).id);
      return { paymentMethods: methods.map(methodToProto) };
    },

    async setDefaultPaymentMethod({ paymentMethodId }, context) {
      const method = await setDefaultMethod(ports, principalOf(context).id, paymentMethodId);
      return { paymentMethod: methodToProto(method) };
    },

    async deletePaymentMethod({ paymentMethodId }, context) {
      await deleteMethod(ports, principalOf(context).id, paymentMethodId);
      return {};
    },
  };
}

function methodToProto({ id, card, isDefault, createTime }: PaymentMethod): MethodMessage {
  return create(PaymentMethodSchema, {
    paymentMethodId: id,
    brand: card.brand,
    last4: card.last4,
    expireMonth: card.expireMonth,
    expireYear: card.expireYear,
    country: card.country,
    isDefault,
    createTime: timestampFromDate(createTime),
  });
}
