import { describe, expect, it } from '@jest/globals';
import { renderRateLimitConfig } from './global-limit.ts';
import { readLimits } from './limits.ts';
import { renderLocalLimit } from './local-limit.ts';

describe('limits', () => {
  it('asks the rate limit service about classes held together only', () => {
    const text = JSON.stringify(renderRateLimitConfig(readLimits(), []));
    expect(text).toContain('"CREDENTIAL"');
    expect(text).not.toContain('"READ"');
    expect(JSON.stringify(renderLocalLimit(readLimits(), []))).toContain('"READ"');
  });

  it('lifts limits by address, but not by principal, for addresses that are trusted', () => {
    expect(renderRateLimitConfig(readLimits(), ['10.0.0.1'])).toMatchObject({
      domain: 'souk',
      descriptors: expect.arrayContaining([
        {
          key: 'cost',
          value: 'CREDENTIAL',
          descriptors: [
            { key: 'principal', rate_limit: { unit: 'minute', requests_per_unit: 30 } },
            { key: 'masked_remote_address', rate_limit: { unit: 'minute', requests_per_unit: 60 } },
            { key: 'masked_remote_address', value: '10.0.0.1/32', rate_limit: { unlimited: true } },
          ],
        },
      ]),
    });
  });
});
