import type { Schema } from './openapi.ts';
import { resolve } from './openapi.ts';

/** A value that breaks a schema, and how. */
export interface BrokenValue {
  readonly how: string;
  readonly value: unknown;
}

/** Values that a schema refuses: of another type, too long, too many, out of range, in the wrong form. */
export function brokenValues(schema: Schema): BrokenValue[] {
  const type = resolve(schema);
  switch (type.type) {
    case 'string':
      return brokenStrings(type);
    case 'integer':
    case 'number':
      return [
        { how: 'is text', value: 'many' },
        { how: 'is an object', value: {} },
        ...(type.minimum === undefined ? [] : [{ how: 'is too small', value: type.minimum - 1 }]),
        ...(type.maximum === undefined ? [] : [{ how: 'is too large', value: type.maximum + 1 }]),
        ...(type.type === 'integer' ? [{ how: 'overflows', value: 1e12 }] : []),
      ];
    case 'boolean':
      return [{ how: 'is text', value: 'perhaps' }];
    case 'array':
      // One value is taken for a list of one, as proto3's JSON has it here.
      return [
        ...(type.maxItems === undefined || type.maxItems > 1_000
          ? []
          : [
              {
                how: 'has too many items',
                value: Array.from({ length: type.maxItems + 1 }, () => exampleOf(type.items)),
              },
            ]),
        ...brokenValues(type.items ?? {}).map(({ how, value }) => ({
          how: `has an item that ${how}`,
          value: [value],
        })),
      ];
    case 'object':
      return [{ how: 'is text', value: 'thing' }];
    default:
      return [];
  }
}

function brokenStrings(type: Schema): BrokenValue[] {
  const isText = type.format === undefined && type.enum === undefined;
  return [
    // A time may be written as the message it is.
    ...(type.format === 'date-time' ? [] : [{ how: 'is an object', value: {} }]),
    ...(type.enum === undefined ? [] : [{ how: 'is none of the choices', value: 'NO_SUCH_CHOICE' }]),
    ...(type.format === 'uuid' ? [{ how: 'is no UUID', value: 'not-a-uuid' }] : []),
    ...(type.format === 'email' ? [{ how: 'is no address', value: 'nobody' }] : []),
    ...(type.format === 'date-time' ? [{ how: 'is no time', value: 'yesterday' }] : []),
    ...(type.format === 'int64' ? [{ how: 'is no number', value: 'many' }] : []),
    ...(isText && type.pattern !== undefined ? [{ how: 'has the wrong form', value: '\u0001 ?' }] : []),
    ...(isText && type.maxLength !== undefined && type.maxLength < 20_000
      ? [{ how: 'is too long', value: 'a'.repeat(type.maxLength + 1) }]
      : []),
  ];
}

function exampleOf(schema: Schema | undefined): unknown {
  const type = resolve(schema ?? {});
  switch (type.type) {
    case 'string':
      return type.enum === undefined ? 'a' : type.enum[1];
    case 'integer':
    case 'number':
      return 1;
    case 'array':
      return [];
    case 'boolean':
      return true;
    default:
      return {};
  }
}
