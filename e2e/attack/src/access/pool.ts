import type { DescField } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';

/** Names of ids that are no objects' ids. */
const NO_OBJECTS: ReadonlySet<string> = new Set(['request_id', 'event_id', 'trace_id']);

/** Fields that hold another field's kind of id. */
const ALIASES: Readonly<Record<string, string>> = { customer_id: 'account_id', owner_id: 'account_id' };

/** Ids of objects, by the name of the field that they were seen in. */
export class IdPool {
  readonly #ids = new Map<string, Set<string>>();

  /** Notes every id in a JSON document. */
  collect(json: unknown): void {
    if (Array.isArray(json)) {
      for (const item of json) this.collect(item);
    } else if (typeof json === 'object' && json !== null) {
      for (const [key, value] of Object.entries(json)) {
        const name = snakeCase(key);
        if (typeof value === 'string' && value !== '' && isIdName(name)) this.add(name, value);
        else this.collect(value);
      }
    }
  }

  /** Notes an id. */
  add(name: string, id: string): void {
    const ids = this.#ids.get(name) ?? new Set();
    this.#ids.set(name, ids.add(id));
  }

  /** An id that a field may hold: the last that was seen, for it is the likeliest to be alive. */
  forField(field: DescField): string | undefined {
    const name = idNameOf(field);
    if (name === undefined) return undefined;
    const known = [...this.#ids.keys()].filter((each) => name === each || name.endsWith(`_${each}`));
    const [best] = known.sort((a, b) => b.length - a.length);
    return [...(this.#ids.get(best ?? ALIASES[name] ?? '') ?? [])].at(-1);
  }

  /** Every id. */
  all(): ReadonlySet<string> {
    return new Set([...this.#ids.values()].flatMap((ids) => [...ids]));
  }
}

/** The name of the id in a field, alone or in a list; undefined when it holds none. */
export function idNameOf(field: DescField): string | undefined {
  const scalar = field.fieldKind === 'scalar' || field.fieldKind === 'list' ? field.scalar : undefined;
  const name = field.fieldKind === 'list' ? field.name.replace(/_ids$/, '_id') : field.name;
  return scalar === ScalarType.STRING && isIdName(name) ? name : undefined;
}

function isIdName(name: string): boolean {
  return name.endsWith('_id') && !NO_OBJECTS.has(name);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
