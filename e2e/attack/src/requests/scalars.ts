import { type DescField, ScalarType } from '@bufbuild/protobuf';
import type { FieldRules, StringRules } from '@souk/gen/buf/validate/validate_pb';
import type { Random } from './random.ts';

/** A value of a scalar field that keeps its `buf.validate` rules, as far as they are understood here. */
export function scalarValue(
  scalar: ScalarType,
  field: DescField,
  rules: FieldRules | undefined,
  random: Random,
): unknown {
  switch (scalar) {
    case ScalarType.STRING:
      return stringValue(field.name, rules?.type.case === 'string' ? rules.type.value : undefined, random);
    case ScalarType.BOOL:
      return random.chance(0.5);
    case ScalarType.BYTES:
      return new TextEncoder().encode('bytes');
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return numberWithin(rules, random);
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return BigInt(numberWithin(rules, random));
    case ScalarType.INT32:
    case ScalarType.UINT32:
    case ScalarType.SINT32:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return numberWithin(rules, random);
  }
}

function stringValue(name: string, rules: StringRules | undefined, random: Random): string {
  if (rules === undefined) return 'text';
  const { wellKnown, pattern } = rules;
  const [choice] = rules.in;
  if (rules.const !== '') return rules.const;
  if (choice !== undefined) return random.pick(rules.in);
  switch (wellKnown.case) {
    case 'uuid':
      return random.uuid();
    case 'email':
      return `${random.matching(/^[a-z]{8}$/)}@example.com`;
    case 'uri':
      return 'https://example.com/';
    case 'hostname':
      return 'example.com';
    case 'ip':
    case 'ipv4':
      return '192.0.2.1';
    default:
  }
  if (pattern !== '') return patternValue(name, pattern, random);
  const most = rules.maxLen > 0n ? Number(rules.maxLen) : 40;
  const least = Math.max(Number(rules.minLen), Number(rules.len));
  const text = random.matching(/^[a-z]{6}$/);
  return text.padEnd(least, 'a').slice(0, Math.max(least, Math.min(most, 40)));
}

/** What people would write, where the pattern allows it: a random match is seldom a currency that exists. */
function patternValue(name: string, pattern: string, random: Random): string {
  const expression = new RegExp(pattern, 'u');
  const usual = [random.uuid(), 'GBP', 'GB', 'en', 'en-GB', 'Europe/London', '2026-01-31'];
  const fitting = usual.filter((text) => expression.test(text));
  const [first] = /currency|country|region|locale|zone|_id$/.test(name) ? fitting : [];
  return (
    first ?? (fitting.length > 0 && random.chance(0.5) ? random.pick(fitting) : random.matching(expression))
  );
}

function numberWithin(rules: FieldRules | undefined, random: Random): number {
  const value: unknown = rules?.type.value;
  if (typeof value !== 'object' || value === null) return random.int(0, 5);
  const bound = (name: 'greaterThan' | 'lessThan'): { case: unknown; value: number } => {
    const found: unknown = Reflect.get(value, name);
    if (typeof found !== 'object' || found === null) return { case: undefined, value: 0 };
    return { case: Reflect.get(found, 'case'), value: Number(Reflect.get(found, 'value') ?? 0) };
  };
  const [lower, upper] = [bound('greaterThan'), bound('lessThan')];
  const least = lower.case === 'gte' ? lower.value : lower.case === 'gt' ? lower.value + 1 : 0;
  const most = upper.case === 'lte' ? upper.value : upper.case === 'lt' ? upper.value - 1 : least + 5;
  return random.int(Math.ceil(least), Math.floor(Math.min(most, least + 5)));
}
