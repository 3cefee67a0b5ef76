import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const stage = z.union([
  z.object({
    when: z.function().optional(),
    steps: z.array(
      z.object({
        name: z.string(),
        compensation: z.function().optional(),
        bestEffort: z.boolean().optional(),
      }),
    ),
  }),
  z.object({ when: z.function().optional(), name: z.string(), undo: z.function().optional() }),
]);

const definition = z.object({
  kind: z.string(),
  onRefusal: z.enum(['compensate', 'block']),
  stages: z.array(stage),
});

/** A saga's definition, as far as a drawing shows it. */
export type SagaShape = z.infer<typeof definition>;

/** Reads the definitions of all sagas from a folder of `*-saga.ts` files, sorted by kind. */
export async function readSagas(folder: string): Promise<readonly SagaShape[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('-saga.ts'));
  const shapes = files.map(async (file): Promise<readonly SagaShape[]> => {
    const module: unknown = await import(pathToFileURL(path.join(folder, file)).href);
    return Object.entries(typeof module === 'object' && module !== null ? module : {}).flatMap(
      ([name, make]: [string, unknown]) =>
        name.endsWith('Saga') && typeof make === 'function'
          ? [definition.parse(Reflect.apply(make, undefined, [anything()]))]
          : [],
    );
  });
  return (await Promise.all(shapes)).flat().sort((a, b) => a.kind.localeCompare(b.kind));
}

/** Stands for whatever a definition is given: it is looked at, not run. */
function anything(): unknown {
  return new Proxy(() => undefined, { get: () => anything(), apply: () => anything() });
}
