import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { sagaPage } from './saga-drawing.ts';
import { readSagas, type SagaShape } from './saga-shape.ts';

const root = new URL('../../', import.meta.url);
const act = (): undefined => undefined;

describe('docs/sagas.md', () => {
  it('shows the sagas as they are defined; `npm run saga-docs` draws them anew', async () => {
    const sagas = await readSagas(fileURLToPath(new URL('services/order/src/app/sagas', root)));
    expect(sagas.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['cancellation', 'checkout', 'return']),
    );
    expect(readFileSync(new URL('docs/sagas.md', root), 'utf8')).toBe(sagaPage(sagas));
  });
});

describe('a drawing', () => {
  it('leads a refusal back through what can be undone', () => {
    const saga: SagaShape = {
      kind: 'test',
      onRefusal: 'compensate',
      stages: [
        { name: 'place', undo: act },
        { steps: [{ name: 'reserve', compensation: act }] },
        { when: act, steps: [{ name: 'pay' }] },
        { name: 'confirm' },
      ],
    };
    const page = sagaPage([saga]);
    for (const line of [
      's2: (pay)',
      's1 --> u0: refused',
      's2 --> u1: refused',
      'u1 --> u0',
      'u0 --> [*]: compensated',
    ])
      expect(page).toContain(`  ${line}\n`);
  });

  it('shows what blocks where there is no way back', () => {
    const page = sagaPage([{ kind: 'test', onRefusal: 'block', stages: [{ steps: [{ name: 'refund' }] }] }]);
    expect(page).toContain('  s0 --> blocked: refused for good\n');
  });
});
