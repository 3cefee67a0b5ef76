/** A value of a JSON document; `undefined` stands for "leave out". */
export type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [key: string]: Json };

const HOLE = /^\$\{(\w+)\}$/;

/**
 * Fills the holes of a template: every string that is exactly `${name}` becomes the value of that name, of any type.
 * A key or list item whose value is undefined is left out.
 *
 * @throws Error when a hole has no value or a value has no hole: either is a slip.
 */
export function fillHoles(template: Json, values: Readonly<Record<string, Json>>): Json {
  const unused = new Set(Object.keys(values));
  const filled = fill(template, values, unused);
  if (unused.size > 0) {
    throw new Error(`no hole for ${[...unused].join(', ')}`);
  }
  return filled;
}

function fill(node: Json, values: Readonly<Record<string, Json>>, unused: Set<string>): Json {
  if (typeof node === 'string') {
    const name = HOLE.exec(node)?.[1];
    if (name === undefined) {
      return node;
    }
    if (!Object.hasOwn(values, name)) {
      throw new Error(`no value for the hole ${node}`);
    }
    unused.delete(name);
    return values[name];
  }
  if (isList(node)) {
    return node.map((item) => fill(item, values, unused)).filter((item) => item !== undefined);
  }
  if (typeof node === 'object' && node !== null) {
    const entries = Object.entries(node).map(([key, value]) => [key, fill(value, values, unused)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  return node;
}

function isList(node: Json): node is readonly Json[] {
  return Array.isArray(node);
}
