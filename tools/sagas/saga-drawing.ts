import type { SagaShape } from './saga-shape.ts';

type Stage = SagaShape['stages'][number];

/** The page about all sagas: for each a state diagram, drawn from its definition. */
export function sagaPage(sagas: readonly SagaShape[]): string {
  return [
    '# Sagas of the order service',
    '',
    'Drawn from the definitions in `services/order/src/app/sagas` by `npm run saga-docs`; not edited by hand.',
    '',
    'Steps of one state run at once. A state in brackets is entered only when it is needed. An outcome that is not known is',
    'asked for again in the same state until it is known; nothing is undone before. *Blocked* waits for an operator.',
    ...sagas.flatMap((saga) => ['', `## ${saga.kind}`, '', '```mermaid', ...drawing(saga), '```']),
    '',
  ].join('\n');
}

/** A Mermaid state diagram of one saga. */
function drawing({ stages, onRefusal }: SagaShape): readonly string[] {
  const undone = stages.map((stage) => undoOf(stage));
  const pivot = stages.findLastIndex((stage) => !('steps' in stage) && stage.undo === undefined);
  const lines = ['stateDiagram-v2'];
  stages.forEach((stage, index) => lines.push(`  s${index}: ${label(stage)}`));
  const turns = onRefusal === 'compensate';
  if (turns) undone.forEach((undo, index) => undo !== '' && lines.push(`  u${index}: ${undo}`));
  lines.push('  [*] --> s0');
  stages.forEach((_, index) =>
    lines.push(
      index + 1 < stages.length ? `  s${index} --> s${index + 1}` : `  s${index} --> [*]: completed`,
    ),
  );
  if (!turns) {
    lines.push('  blocked: blocked');
    stages.forEach((stage, index) => {
      if ('steps' in stage)
        lines.push(`  s${index} --> blocked: refused for good`, `  blocked --> s${index}: resumed`);
    });
    return lines;
  }
  const before = (index: number): number => undone.findLastIndex((undo, at) => undo !== '' && at < index);
  stages.forEach((stage, index) => {
    // Behind the last stage that cannot be undone there is no way back.
    if (!('steps' in stage) || index > pivot) return;
    const isPartly = stage.steps.length > 1 && undone[index] !== '';
    const target = isPartly ? index : before(index);
    if (target >= 0) lines.push(`  s${index} --> u${target}: refused`);
  });
  undone.forEach((undo, index) => {
    if (undo === '') return;
    const next = before(index);
    lines.push(next >= 0 ? `  u${index} --> u${next}` : `  u${index} --> [*]: compensated`);
  });
  return lines;
}

function label(stage: Stage): string {
  const names = 'steps' in stage ? stage.steps.map((step) => step.name).join(' ∥ ') : stage.name;
  return stage.when === undefined ? names : `(${names})`;
}

/** What undoing a stage does; empty when it does nothing. */
function undoOf(stage: Stage): string {
  if (!('steps' in stage)) return stage.undo === undefined ? '' : `undo ${stage.name}`;
  const names = stage.steps.filter((step) => step.compensation !== undefined).map((step) => step.name);
  return names.length === 0 ? '' : `undo ${names.join(' ∥ ')}`;
}
