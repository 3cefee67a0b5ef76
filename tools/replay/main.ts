import path from 'node:path';
import { parseArgs } from 'node:util';
import { platformAddresses } from '../sample-data/platform.ts';
import { SAMPLE_FILE } from '../sample-data/sample-file.ts';
import { replay } from './replay.ts';
import { reportOf } from './report.ts';

// Plays a month of invoices through a running platform: `npm run replay -- --from FILE --speed max|N --limit N`.
const { values } = parseArgs({
  options: {
    from: { type: 'string', default: SAMPLE_FILE },
    speed: { type: 'string', default: 'max' },
    limit: { type: 'string' },
    concurrency: { type: 'string', default: '8' },
    'no-settle': { type: 'boolean', default: false },
  },
});

const result = await replay({
  platform: platformAddresses(),
  from: path.resolve(values.from),
  speed: values.speed === 'max' ? Number.POSITIVE_INFINITY : number('speed', values.speed),
  ...(values.limit === undefined ? {} : { limit: number('limit', values.limit) }),
  concurrency: number('concurrency', values.concurrency),
  settle: !values['no-settle'],
  onProgress: (message) => console.error(message),
});
console.log(reportOf(result));
process.exitCode = result.checks.every(({ isRight }) => isRight) ? 0 : 1;

function number(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} takes a number above zero, not ${text}`);
  return value;
}
