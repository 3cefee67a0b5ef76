import { parseArgs } from 'node:util';
import { readInvoiceFile } from './invoice-line.ts';
import { importShop } from './import.ts';
import { platformAddresses } from './platform.ts';
import { deriveShop } from './sample-shop.ts';
import { SAMPLE_FILE } from './sample-file.ts';

// Sets up the sample shop on a running platform: `npm run sample-data`; the launcher does it at the first start.
const { values } = parseArgs({ options: { from: { type: 'string', default: SAMPLE_FILE } } });
const { edge, admin } = platformAddresses();
const shop = deriveShop(readInvoiceFile(values.from).lines);
await importShop({ edge, admin, shop, onProgress: (message) => console.log(message) });
