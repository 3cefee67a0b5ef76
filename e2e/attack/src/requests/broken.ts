import { create, type DescField, type DescMessage, type Message, ScalarType } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { newId } from '@souk/kernel';
import type { MethodContract } from '../../../../tools/generate/contract/contract.ts';
import { isValid } from './generate.ts';

/**
 * A request that every protocol carries and every service refuses for its content: whoever is refused for another reason
 * was stopped earlier, and nobody's call has an effect. Undefined when the contract allows any content.
 */
export function invalidRequest({ desc, routes }: MethodContract): Message | undefined {
  const inPath = new Set(routes.flatMap((route) => route.variables));
  for (const field of desc.input.fields.filter((each) => !inPath.has(each.name))) {
    for (const value of brokenValues(field)) {
      const message = skeleton(desc.input, inPath);
      reflect(desc.input, message).set(field, value);
      if (!isValid(desc.input, message)) return message;
    }
  }
  const message = skeleton(desc.input, inPath);
  return isValid(desc.input, message) ? undefined : message;
}

/** A request with something in each field that stands in the path, and nothing else. */
export function skeleton(schema: DescMessage, inPath: ReadonlySet<string>): Message {
  const message = create(schema);
  for (const field of schema.fields) {
    if (!inPath.has(field.name) || field.fieldKind !== 'scalar') continue;
    const value = pathValue(field.scalar);
    if (value !== undefined) reflect(schema, message).set(field, value);
  }
  return message;
}

/** A number that nothing has. */
const ABSENT = 999_999;

function pathValue(type: ScalarType): string | number | bigint | undefined {
  switch (type) {
    case ScalarType.STRING:
      return newId();
    case ScalarType.INT32:
    case ScalarType.UINT32:
      return ABSENT;
    case ScalarType.INT64:
    case ScalarType.UINT64:
      return BigInt(ABSENT);
    default:
      return undefined;
  }
}

function brokenValues(field: DescField): unknown[] {
  if (field.fieldKind !== 'scalar') return [];
  switch (field.scalar) {
    case ScalarType.STRING:
      return ['\u0001', 'x'.repeat(6_000)];
    case ScalarType.INT32:
    case ScalarType.SINT32:
      return [-2_000_000_000, 2_000_000_000];
    case ScalarType.INT64:
      return [-2_000_000_000_000n, 2_000_000_000_000n];
    default:
      return [];
  }
}
