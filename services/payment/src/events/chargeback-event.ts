import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Money as MoneyMessage } from '@souk/gen/google/type/money_pb';
import {
  ChargebackClosedSchema,
  ChargebackOpenedSchema,
} from '@souk/gen/souk/payment/events/v1/payment_events_pb';
import type { Money, ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
import type { Chargeback, ChargebackStep } from '../domain/chargeback.ts';

/** Turns a step of a chargeback into the message that tells of it; with the payment's facts in one order. */
export function chargebackEvent(
  host: ServiceHost,
  step: ChargebackStep,
  chargeback: Chargeback,
  toMoney: (amount: Money) => MoneyMessage,
): Envelope {
  const { id: chargebackId, paymentId, orderId, version, updateTime: time, reason } = chargeback;
  const amount = toMoney(chargeback.amount);
  const common = { chargebackId, version, occurTime: timestampFromDate(time), paymentId, orderId, amount };
  const options = { subject: paymentId, time };
  return step === 'opened'
    ? fact(host, ChargebackOpenedSchema, { ...common, reason }, options)
    : fact(host, ChargebackClosedSchema, { ...common, won: step === 'won' }, options);
}
