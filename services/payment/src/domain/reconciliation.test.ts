import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import { breaksAtLedger, breaksAtProvider, type Movement } from './reconciliation.ts';

const movement = (providerReference: string, minor: number): Movement => ({
  providerReference,
  paymentId: `p-${providerReference}`,
  amount: Money.of('GBP', minor),
});
const agreed = [movement('pi_1', 1_000), movement('re_1', -400)];

describe('reconciliation', () => {
  it('finds no break where both sides agree', () => {
    expect(breaksAtLedger(agreed, agreed)).toEqual([]);
    expect(breaksAtProvider(agreed, agreed)).toEqual([]);
  });

  it('finds each kind of break once', () => {
    const provider = [...agreed, movement('pi_2', 5), movement('pi_3', 700)];
    const ledger = [...agreed, movement('pi_3', 701), movement('pi_4', 9)];
    expect(breaksAtLedger(provider, ledger)).toMatchObject([
      { kind: 'missing-in-ledger', providerReference: 'pi_2' },
      { kind: 'amount-mismatch', providerReference: 'pi_3', paymentId: 'p-pi_3' },
    ]);
    expect(breaksAtProvider(ledger, provider)).toMatchObject([
      { kind: 'missing-at-provider', providerReference: 'pi_4' },
    ]);
  });
});
