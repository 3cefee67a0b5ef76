import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { getOption, hasOption, ScalarType } from '@bufbuild/protobuf';
import type { FieldRules } from '@souk/gen/buf/validate/validate_pb';
import { field as rulesOption } from '@souk/gen/buf/validate/validate_pb';
import type { MethodContract } from './contract.ts';

/** Checks that nothing in a request is without a bound: strings, bytes, lists and maps have a maximum, enums a choice. */
export function checkRequestBounds(methods: readonly MethodContract[]): string[] {
  const seen = new Set<string>();
  return methods.flatMap((method) => checkMessage(method.desc.input, seen));
}

function checkMessage(message: DescMessage, seen: Set<string>): string[] {
  // Foreign messages (Money, Timestamp, HttpBody) have their meaning from elsewhere and are checked where it is used.
  if (seen.has(message.typeName) || !message.typeName.startsWith('souk.')) {
    return [];
  }
  seen.add(message.typeName);
  return message.fields.flatMap((field) => [
    ...checkField(field).map((fault) => `${message.typeName}.${field.name}: ${fault}`),
    ...(field.message === undefined ? [] : checkMessage(field.message, seen)),
  ]);
}

function checkField(field: DescField): string[] {
  const rules = hasOption(field, rulesOption) ? getOption(field, rulesOption) : undefined;
  switch (field.fieldKind) {
    case 'list': {
      const list = rules?.type.case === 'repeated' ? rules.type.value : undefined;
      return [
        ...(hasMaximum(list?.maxItems) ? [] : ['a list needs max_items']),
        ...checkValue(field.scalar, field.enum !== undefined, list?.items),
      ];
    }
    case 'map': {
      const map = rules?.type.case === 'map' ? rules.type.value : undefined;
      return [
        ...(hasMaximum(map?.maxPairs) ? [] : ['a map needs max_pairs']),
        ...checkValue(field.mapKey, false, map?.keys),
        ...checkValue(field.scalar, field.enum !== undefined, map?.values),
      ];
    }
    case 'scalar':
      return checkValue(field.scalar, false, rules);
    case 'enum':
      return checkValue(undefined, true, rules);
    case 'message':
      return [];
  }
}

function checkValue(
  scalar: ScalarType | undefined,
  isEnum: boolean,
  rules: FieldRules | undefined,
): string[] {
  if (isEnum) {
    const choice = rules?.type.case === 'enum' ? rules.type.value : undefined;
    const isBounded =
      choice?.definedOnly === true || (choice?.in.length ?? 0) > 0 || choice?.const !== undefined;
    return isBounded ? [] : ['an enum needs defined_only'];
  }
  if (scalar === ScalarType.STRING) {
    const text = rules?.type.case === 'string' ? rules.type.value : undefined;
    const isBounded =
      text !== undefined &&
      (hasMaximum(text.maxLen) ||
        hasMaximum(text.maxBytes) ||
        hasMaximum(text.len) ||
        text.in.length > 0 ||
        isBoundedPattern(text.pattern) ||
        text.wellKnown.case === 'uuid');
    return isBounded ? [] : ['a string needs max_len'];
  }
  if (scalar === ScalarType.BYTES) {
    const bytes = rules?.type.case === 'bytes' ? rules.type.value : undefined;
    return hasMaximum(bytes?.maxLen) || hasMaximum(bytes?.len) ? [] : ['bytes need max_len'];
  }
  return [];
}

/** An anchored pattern bounds a string unless it repeats something without end. */
function isBoundedPattern(pattern: string): boolean {
  const repeatsEndlessly = /[*+]|\{\d+,\}/.test(pattern.replace(/\[[^\]]*\]|\\./g, ''));
  return pattern.startsWith('^') && pattern.endsWith('$') && !repeatsEndlessly;
}

function hasMaximum(limit: bigint | undefined): boolean {
  return limit !== undefined && limit > 0n;
}
