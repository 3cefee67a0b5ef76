import { describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { importShop } from '../tools/sample-data/import.ts';
import { readInvoiceFile } from '../tools/sample-data/invoice-line.ts';
import { platformAddresses } from '../tools/sample-data/platform.ts';
import { SAMPLE_FILE } from '../tools/sample-data/sample-file.ts';
import { deriveShop } from '../tools/sample-data/sample-shop.ts';
import { replay } from '../tools/replay/replay.ts';
import { reportOf } from '../tools/replay/report.ts';

const PLATFORM_FILE = fileURLToPath(
  new URL(`../.souk/${process.env['SOUK_PROFILE'] ?? 'test'}/platform.json`, import.meta.url),
);

describe('replaying a slice of real invoices through the edge', () => {
  it('leaves books that agree with the invoices to the penny', async () => {
    const platform = platformAddresses({ SOUK_PLATFORM_FILE: PLATFORM_FILE });
    await importShop({ ...platform, shop: deriveShop(readInvoiceFile(SAMPLE_FILE).lines) });
    const result = await replay({
      platform,
      from: SAMPLE_FILE,
      // The first credit note of the month that finds its order is among these.
      limit: 80,
      concurrency: 4,
      settle: false,
    });
    const wrong = result.checks.filter(({ isRight }) => !isRight);
    expect(wrong.length === 0 ? '' : reportOf(result)).toBe('');
    expect(result.played.orders.size).toBe(75);
    expect(result.played.returnIds.size).toBe(1);
  }, 300_000);
});
