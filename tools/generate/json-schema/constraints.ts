import type { DescField } from '@bufbuild/protobuf';
import { getOption, hasOption, ScalarType } from '@bufbuild/protobuf';
import type { EnumRules, FieldRules, StringRules } from '@souk/gen/buf/validate/validate_pb';
import { field as rulesOption, Ignore } from '@souk/gen/buf/validate/validate_pb';
import type { JsonObject } from '../outputs/json.ts';

/** The `buf.validate` rules of a field, if it has any. */
export function rulesOf(field: DescField): FieldRules | undefined {
  return hasOption(field, rulesOption) ? getOption(field, rulesOption) : undefined;
}

/** What rules say of one value, in JSON Schema's words. 64-bit integers are strings in JSON and keep no bounds. */
export function valueConstraints(rules: FieldRules | undefined): JsonObject {
  const type = rules?.type;
  switch (type?.case) {
    case 'string':
      return stringConstraints(type.value);
    case 'bytes':
      return type.value.maxLen > 0n ? { maxLength: Math.ceil(Number(type.value.maxLen) / 3) * 4 } : {};
    case 'int32':
    case 'uint32':
    case 'sint32':
    case 'fixed32':
    case 'sfixed32':
    case 'float':
    case 'double': {
      const { greaterThan, lessThan } = type.value;
      return {
        ...(greaterThan.case === 'gte' ? { minimum: greaterThan.value } : {}),
        ...(greaterThan.case === 'gt' ? { exclusiveMinimum: greaterThan.value } : {}),
        ...(lessThan.case === 'lte' ? { maximum: lessThan.value } : {}),
        ...(lessThan.case === 'lt' ? { exclusiveMaximum: lessThan.value } : {}),
        ...(type.value.in.length > 0 ? { enum: [...type.value.in] } : {}),
      };
    }
    default:
      return {};
  }
}

/** What rules say of a list as a whole. */
export function listConstraints(rules: FieldRules | undefined): JsonObject {
  const list = rules?.type.case === 'repeated' ? rules.type.value : undefined;
  return {
    ...(list !== undefined && list.minItems > 0n ? { minItems: Number(list.minItems) } : {}),
    ...(list !== undefined && list.maxItems > 0n ? { maxItems: Number(list.maxItems) } : {}),
    ...(list?.unique === true ? { uniqueItems: true } : {}),
  };
}

/** What rules say of a map as a whole. */
export function mapConstraints(rules: FieldRules | undefined): JsonObject {
  const map = rules?.type.case === 'map' ? rules.type.value : undefined;
  return {
    ...(map !== undefined && map.minPairs > 0n ? { minProperties: Number(map.minPairs) } : {}),
    ...(map !== undefined && map.maxPairs > 0n ? { maxProperties: Number(map.maxPairs) } : {}),
  };
}

/** True when a request without the field is refused: it is required, or its zero value breaks its own rules. */
export function isRequired(field: DescField): boolean {
  const rules = rulesOf(field);
  if (rules === undefined || rules.ignore === Ignore.ALWAYS) {
    return false;
  }
  if (rules.required) {
    return true;
  }
  return rules.ignore !== Ignore.IF_ZERO_VALUE && !tracksPresence(field) && !acceptsZero(rules);
}

function tracksPresence(field: DescField): boolean {
  return field.oneof !== undefined || field.proto.proto3Optional || field.fieldKind === 'message';
}

function acceptsZero(rules: FieldRules): boolean {
  const { type } = rules;
  switch (type.case) {
    case 'string':
      return stringAcceptsEmpty(type.value);
    case 'bytes':
      return type.value.minLen === 0n && type.value.len === 0n;
    case 'enum':
      return enumAcceptsZero(type.value);
    case 'repeated':
      return type.value.minItems === 0n;
    case 'map':
      return type.value.minPairs === 0n;
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64': {
      const { greaterThan } = type.value;
      return greaterThan.case === 'gte'
        ? greaterThan.value <= 0
        : greaterThan.case !== 'gt' || greaterThan.value < 0;
    }
    default:
      return true;
  }
}

function stringConstraints(rules: StringRules): JsonObject {
  const format = FORMATS[rules.wellKnown.case ?? ''];
  return {
    ...(format === undefined ? {} : { format }),
    ...(rules.minLen > 0n ? { minLength: Number(rules.minLen) } : {}),
    ...(rules.maxLen > 0n ? { maxLength: Number(rules.maxLen) } : {}),
    ...(rules.len > 0n ? { minLength: Number(rules.len), maxLength: Number(rules.len) } : {}),
    ...(rules.pattern === '' ? {} : { pattern: rules.pattern }),
    ...(rules.in.length > 0 ? { enum: [...rules.in] } : {}),
  };
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'uuid',
  email: 'email',
  uri: 'uri',
  hostname: 'hostname',
  ip: 'ip',
};

function stringAcceptsEmpty(rules: StringRules): boolean {
  return (
    rules.minLen === 0n &&
    rules.len === 0n &&
    rules.wellKnown.case === undefined &&
    (rules.in.length === 0 || rules.in.includes('')) &&
    (rules.pattern === '' || new RegExp(rules.pattern, 'u').test(''))
  );
}

function enumAcceptsZero(rules: EnumRules): boolean {
  return !rules.notIn.includes(0) && (rules.in.length === 0 || rules.in.includes(0));
}

/** How a scalar is written in proto3's JSON. */
export function scalarSchema(scalar: ScalarType): JsonObject {
  switch (scalar) {
    case ScalarType.STRING:
      return { type: 'string' };
    case ScalarType.BYTES:
      return { type: 'string', contentEncoding: 'base64' };
    case ScalarType.BOOL:
      return { type: 'boolean' };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { type: 'number', format: scalar === ScalarType.DOUBLE ? 'double' : 'float' };
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return { type: 'integer', format: 'int32' };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { type: 'integer', format: 'int32', minimum: 0 };
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return { type: 'string', format: 'int64', pattern: '^-?[0-9]+$' };
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { type: 'string', format: 'uint64', pattern: '^[0-9]+$' };
  }
}
