import type { Money } from '@souk/kernel';
import { refuseCardData } from '../../domain/card-data.ts';
import { positive } from '../../domain/payment.ts';
import type { OperationKey } from '../ports.ts';
import type { StoreCredit, StoredValuePorts } from './ports.ts';

/** Credit that is to be given. */
export interface Grant {
  readonly customerId: string;
  readonly amount: Money;
  readonly reason: string;
  readonly authorId: string;
}

/**
 * Gives store credit; answers with the balance after it.
 *
 * @throws DomainError AMOUNT_INVALID, CARD_DATA_REFUSED, REQUEST_ID_REUSED.
 */
export async function grantStoreCredit(
  { storeCredit, clock }: StoredValuePorts,
  key: OperationKey,
  grant: Grant,
): Promise<StoreCredit> {
  refuseCardData({ reason: grant.reason });
  positive(grant.amount);
  return storeCredit.grant(key, grant, clock.now());
}
