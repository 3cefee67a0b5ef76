import { fileURLToPath } from 'node:url';

/** The month of invoices that comes with the project. */
export const SAMPLE_FILE: string = fileURLToPath(
  new URL('../../data/online-retail/2010-12.csv.gz', import.meta.url),
);
