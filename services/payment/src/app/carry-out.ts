import { aborted, detached, invalid } from '@souk/kernel';
import type { OperationOutcome, OperationResult } from '../domain/operation.ts';
import { perform } from './perform.ts';
import type { Claim, PaymentPorts } from './ports.ts';
import { resolveStale } from './resolve-stale.ts';

/**
 * Claims an operation, carries it out and answers; once-only by its claim. If an earlier operation of the payment was left
 * open, that one is settled first.
 *
 * @throws DomainError PROVIDER_UNAVAILABLE, OPERATION_IN_FLIGHT, REQUEST_ID_REUSED, or what the operation was refused with.
 */
export async function carryOut(ports: PaymentPorts, claim: () => Promise<Claim>): Promise<OperationResult> {
  let claimed = await claim();
  if (claimed.kind === 'busy' && (await resolveStale(ports, 1, claimed.paymentId)) > 0)
    claimed = await claim();
  switch (claimed.kind) {
    case 'settled':
      return resultOf(claimed.outcome);
    case 'reused':
      throw invalid('REQUEST_ID_REUSED', 'The request id was used before with another request.', {
        field: 'request_id',
      });
    case 'in-flight':
    case 'busy':
      throw aborted('OPERATION_IN_FLIGHT', 'An operation of this payment is under way.', {
        retryAfterMs: 200,
      });
    case 'granted': {
      const { operation, payment } = claimed;
      try {
        // What the provider was asked for is written down whether the caller still waits or not.
        return resultOf(await detached(() => perform(ports, operation, payment)));
      } catch (error) {
        // Nothing more to release if the operation has ended; else the caller may ask again at once.
        await ports.payments.release(operation, ports.clock.now()).catch(() => undefined);
        throw error;
      }
    }
  }
}

function resultOf(outcome: OperationOutcome): OperationResult {
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome.result;
}
