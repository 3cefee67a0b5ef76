import type { FraudScreen } from '../ports.ts';
import { assessRisk } from './assess-risk.ts';
import type { FraudPorts } from './ports.ts';

/** Judges payments by the rules in force. */
export function fraudScreen(ports: FraudPorts): FraudScreen {
  return {
    screen: ({ id, customerId, amount }, requestId, card, payer) =>
      assessRisk(ports, {
        paymentId: id,
        requestId,
        customerId,
        amount,
        cardFingerprint: card.fingerprint,
        cardCountry: card.country,
        payer,
      }),
    find: (paymentId) => ports.assessments.find(paymentId),
    captured: ({ id, customerId, captured }) => {
      ports.counters.learn({ paymentId: id, customerId, captured });
    },
  };
}
