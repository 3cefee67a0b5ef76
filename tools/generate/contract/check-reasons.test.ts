import { expect, it } from '@jest/globals';
import { contractOf } from '../testing/fixture.ts';
import { checkReasons, promisedReasons } from './check-reasons.ts';

it('reads the reasons that a comment promises', () => {
  const comment =
    'Does it.\nFails with: TOO_LATE, STOCK_INSUFFICIENT (metadata: sku, NOT_THIS),\nPAGE_TOKEN_INVALID.';
  expect(promisedReasons(comment)).toEqual(['TOO_LATE', 'STOCK_INSUFFICIENT', 'PAGE_TOKEN_INVALID']);
  expect(promisedReasons('Does it. NOTHING_PROMISED.')).toEqual([]);
});

it('misses reasons that no enum has', async () => {
  const contract = await contractOf(`
    service ToyService {
      // Does it.
      // Fails with: TOO_LATE, TOO_EARLY.
      rpc Do(DoRequest) returns (DoResponse);
    }
    message DoRequest {}
    message DoResponse {}
    enum ToyErrorReason { TOY_ERROR_REASON_UNSPECIFIED = 0; TOY_ERROR_REASON_TOO_LATE = 1; }
  `);
  expect(checkReasons(contract)).toEqual([
    'souk.toys.v1.ToyService/Do: its comment promises TOO_EARLY, which no enum of reasons has',
  ]);
});
