import { create, type DescField, type DescMessage, type Message } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { createValidator } from '@bufbuild/protovalidate';
import { type FieldRules, Ignore } from '@souk/gen/buf/validate/validate_pb';
import { rulesOf } from '../../../../tools/generate/json-schema/constraints.ts';
import { type Random, randomOf } from './random.ts';
import { scalarValue } from './scalars.ts';

/** Says what a field must hold; undefined leaves it to chance. */
export type Pin = (field: DescField) => unknown;

const ATTEMPTS = 40;
const MAX_DEPTH = 5;

const validator = createValidator();

/** Whether a message keeps the rules of its contract. */
export function isValid(schema: DescMessage, message: Message): boolean {
  try {
    return validator.validate(schema, message).kind === 'valid';
  } catch {
    return false;
  }
}

/**
 * A request that keeps the rules of its contract, made from the rules alone.
 *
 * @param pin what chosen fields must hold
 * @returns undefined when none was found: the rules say more than is understood here
 */
export function validRequest(
  schema: DescMessage,
  seed: number,
  pin: Pin = () => undefined,
): Message | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const random = randomOf(seed * 1_000 + attempt);
    // Few optional fields at first: what is not there cannot contradict anything.
    const message = messageOf(schema, random, pin, 0, attempt / ATTEMPTS);
    if (isValid(schema, message)) return message;
  }
  return undefined;
}

function messageOf(schema: DescMessage, random: Random, pin: Pin, depth: number, share: number): Message {
  const message = reflect(schema, create(schema));
  const chosen = new Set(schema.oneofs.map((oneof) => random.pick(oneof.fields)));
  for (const field of schema.fields) {
    const pinned = pin(field);
    const rules = rulesOf(field);
    const isWanted =
      field.oneof === undefined ? isNeeded(field, rules) || random.chance(share) : chosen.has(field);
    if (pinned === undefined && (!isWanted || depth > MAX_DEPTH)) continue;
    assign(message.message, schema, field, rules, { random, pin, depth, share, pinned });
  }
  return message.message;
}

interface Making {
  readonly random: Random;
  readonly pin: Pin;
  readonly depth: number;
  readonly share: number;
  readonly pinned: unknown;
}

function assign(
  target: Message,
  schema: DescMessage,
  field: DescField,
  rules: FieldRules | undefined,
  making: Making,
): void {
  const view = reflect(schema, target);
  const { random, pinned } = making;
  switch (field.fieldKind) {
    case 'scalar':
      view.set(field, pinned ?? scalarValue(field.scalar, field, rules, random));
      return;
    case 'enum': {
      const values = field.enum.values.filter((value) => value.number !== 0);
      view.set(field, pinned ?? (values.length === 0 ? 0 : random.pick(values).number));
      return;
    }
    case 'message':
      view.set(
        field,
        reflect(field.message, wellKnown(field.message, schema, making) ?? nested(field.message, making)),
      );
      return;
    case 'list': {
      const list = view.get(field);
      const items = rules?.type.case === 'repeated' ? rules.type.value : undefined;
      const count = Math.max(1, Number(items?.minItems ?? 0n));
      for (let index = 0; index < Math.min(count, 50); index += 1) {
        if (field.listKind === 'message') {
          const item = wellKnown(field.message, schema, making) ?? nested(field.message, making);
          list.add(reflect(field.message, item));
        } else if (field.listKind === 'enum') {
          list.add(random.pick(field.enum.values.filter((value) => value.number !== 0)).number);
        } else {
          list.add(pinned ?? scalarValue(field.scalar, field, items?.items, random));
        }
      }
      return;
    }
    case 'map':
  }
}

function nested(schema: DescMessage, { random, pin, depth, share }: Making): Message {
  return messageOf(schema, random, pin, depth + 1, share);
}

/** Messages whose rules are not in their own file. */
function wellKnown(schema: DescMessage, parent: DescMessage, { random }: Making): Message | undefined {
  switch (schema.typeName) {
    case 'google.protobuf.Timestamp':
      return fill(schema, { seconds: BigInt(Math.floor(Date.now() / 1_000) + random.int(-3_600, 3_600)) });
    case 'google.protobuf.Duration':
      return fill(schema, { seconds: BigInt(random.int(1, 60)) });
    case 'google.protobuf.FieldMask':
      return fill(schema, { paths: [updatablePath(parent)] });
    case 'google.type.Money':
      return fill(schema, { currencyCode: 'GBP', units: BigInt(random.int(1, 50)), nanos: 0 });
    case 'google.type.PostalAddress':
      return fill(schema, {
        regionCode: 'GB',
        postalCode: 'N1 9GU',
        locality: 'London',
        addressLines: ['1 Kettle Row'],
      });
    case 'google.type.Date':
      return fill(schema, { year: 2026, month: random.int(1, 12), day: random.int(1, 28) });
    default:
      return undefined;
  }
}

/** A field of the resource beside the mask, which the mask may name. */
function updatablePath(parent: DescMessage): string {
  const resource = parent.fields.find(
    (field) => field.fieldKind === 'message' && !field.message.typeName.startsWith('google.'),
  );
  const fields = resource?.fieldKind === 'message' ? resource.message.fields : parent.fields;
  const names = fields.map((field) => field.name);
  return names.find((name) => /title|name|note/.test(name)) ?? names[0] ?? 'title';
}

function fill(schema: DescMessage, values: Readonly<Record<string, unknown>>): Message {
  const message = create(schema);
  for (const [name, value] of Object.entries(values)) Reflect.set(message, name, value);
  return message;
}

/** The rules want it, or an id without which the call makes no sense. */
function isNeeded(field: DescField, rules: FieldRules | undefined): boolean {
  if (rules?.required === true) return true;
  if (field.fieldKind === 'list') {
    return rules?.type.case === 'repeated' && rules.type.value.minItems > 0n;
  }
  if (field.fieldKind === 'message') return !field.message.typeName.startsWith('google.protobuf.');
  const isOptional = rules !== undefined && rules.ignore !== Ignore.UNSPECIFIED;
  return !isOptional && field.name !== 'page_token' && !field.name.endsWith('etag');
}
