import { addressKey } from '../../domain/fraud/address-key.ts';
import { countriesOf, type PaymentAttempt, type Subjects } from '../../domain/fraud/attempt.ts';
import { emailDomain, isDisposable, mailboxOf } from '../../domain/fraud/email.ts';
import { type Blockable, BLOCKABLES } from '../../domain/fraud/facts.ts';
import { judge } from '../../domain/fraud/rule-set.ts';
import type { FraudPorts, RiskAssessment } from './ports.ts';

/** What judging an attempt needs. */
export type AssessmentPorts = Pick<FraudPorts, 'counters' | 'rules' | 'pseudonym' | 'clock'>;

/**
 * Judges an attempt to pay: one round trip to the counters, everything else is in memory. Never fails: without counters it
 * judges by what remains.
 */
export async function assessRisk(ports: AssessmentPorts, attempt: PaymentAttempt): Promise<RiskAssessment> {
  const { ruleSet, isBlocked } = ports.rules.current();
  const subjects = subjectsOf(attempt, ports.pseudonym);
  const features = await ports.counters.observe(attempt, subjects, ports.clock.now());
  const facts = {
    amount: attempt.amount,
    countries: countriesOf(attempt),
    hasDisposableEmail: isDisposable(emailDomain(attempt.payer.email)),
    blocked: BLOCKABLES.filter((kind) => subjects[kind] !== '' && isBlocked(kind, subjects[kind])),
    features,
  };
  return { verdict: judge(ruleSet, facts), facts };
}

function subjectsOf(attempt: PaymentAttempt, pseudonym: FraudPorts['pseudonym']): Subjects {
  const { payer } = attempt;
  const of = (kind: Blockable, value: string): string => (value === '' ? '' : pseudonym(kind, value));
  return {
    card: of('card', attempt.cardFingerprint),
    account: of('account', attempt.customerId),
    address: of('address', payer.shipping ? addressKey(payer.shipping) : ''),
    device: of('device', payer.deviceId),
    email: of('email', mailboxOf(payer.email)),
    'email-domain': of('email-domain', emailDomain(payer.email)),
  };
}
