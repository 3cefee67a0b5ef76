import { labelOf } from '../../domain/payment-method.ts';
import type { CardWallet } from '../ports.ts';
import { getMethod } from './manage-methods.ts';
import type { MethodPorts } from './ports.ts';

/** The cards that shoppers have saved, and what can be told of one-time tokens. */
export function cardWallet({ methods, vault }: Pick<MethodPorts, 'methods' | 'vault'>): CardWallet {
  return {
    cardOf: (token) => ({ token, fingerprint: vault.fingerprintOf(token), country: '', label: '' }),
    async savedCard(customerId, savedMethodId) {
      const method = await getMethod({ methods }, customerId, savedMethodId);
      const { fingerprint, country } = method.card;
      return { token: method.providerReference, fingerprint, country, label: labelOf(method) };
    },
  };
}
