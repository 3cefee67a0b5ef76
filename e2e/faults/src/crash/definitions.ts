import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { projectRoot } from '../../../../tools/launcher/profile.ts';

const FOLDER = path.join(projectRoot, 'services/order/src/app/sagas');

const definition = z.object({
  kind: z.string(),
  stages: z.array(
    z.union([
      z.object({
        steps: z.array(
          z.object({ name: z.string(), action: z.function(), compensation: z.function().optional() }),
        ),
      }),
      z.object({ name: z.string() }),
    ]),
  ),
});

/** A saga of order's by its own definition. */
export interface KnownSaga {
  readonly kind: string;
  /** Names of its remote steps. */
  readonly steps: readonly string[];
  /** Those of them that can be undone. */
  readonly undoable: readonly string[];
}

/** Reads every saga's definition from order's own code: there is no second list of steps. */
export async function knownSagas(): Promise<readonly KnownSaga[]> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('-saga.ts'));
  const sagas = files.map(async (file): Promise<readonly KnownSaga[]> => {
    const module: unknown = await import(pathToFileURL(path.join(FOLDER, file)).href);
    const made = Object.entries(typeof module === 'object' && module !== null ? module : {}).flatMap(
      ([name, make]: [string, unknown]) =>
        name.endsWith('Saga') && typeof make === 'function'
          ? [definition.parse(Reflect.apply(make, undefined, [anything()]))]
          : [],
    );
    return made.map(({ kind, stages }) => {
      const steps = stages.flatMap((stage) => ('steps' in stage ? stage.steps : []));
      return {
        kind,
        steps: [...new Set(steps.map(({ name }) => name))],
        undoable: [
          ...new Set(steps.filter((step) => step.compensation !== undefined).map(({ name }) => name)),
        ],
      };
    });
  });
  return (await Promise.all(sagas)).flat();
}

/** Stands for whatever a definition is given: it is looked at, not run. */
function anything(): unknown {
  return new Proxy(() => undefined, { get: () => anything(), apply: () => anything() });
}
