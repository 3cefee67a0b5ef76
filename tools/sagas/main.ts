import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sagaPage } from './saga-drawing.ts';
import { readSagas } from './saga-shape.ts';

const root = new URL('../../', import.meta.url);
const sagas = await readSagas(fileURLToPath(new URL('services/order/src/app/sagas', root)));
writeFileSync(new URL('docs/sagas.md', root), sagaPage(sagas));
