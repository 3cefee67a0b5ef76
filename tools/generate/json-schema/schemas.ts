import type { DescEnum, DescField, DescMessage } from '@bufbuild/protobuf';
import type { Comments } from '../contract/comments.ts';
import { byText } from '../contract/read-contract.ts';
import type { JsonObject } from '../outputs/json.ts';
import {
  isRequired,
  listConstraints,
  mapConstraints,
  rulesOf,
  scalarSchema,
  valueConstraints,
} from './constraints.ts';

/** Messages that proto3's JSON writes in their own way. */
const WELL_KNOWN: Readonly<Record<string, JsonObject>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]{1,9})?s$' },
  'google.protobuf.FieldMask': {
    type: 'string',
    description: 'Field paths in lowerCamelCase, separated by commas.',
  },
  'google.protobuf.Struct': { type: 'object' },
  'google.protobuf.Value': {},
  'google.protobuf.ListValue': { type: 'array', items: {} },
  'google.protobuf.Any': { type: 'object', properties: { '@type': { type: 'string' } }, required: ['@type'] },
  'google.protobuf.Empty': { type: 'object' },
  'google.protobuf.StringValue': { type: 'string' },
  'google.protobuf.BoolValue': { type: 'boolean' },
  'google.protobuf.Int32Value': { type: 'integer', format: 'int32' },
  'google.protobuf.Int64Value': { type: 'string', format: 'int64' },
  'google.protobuf.DoubleValue': { type: 'number', format: 'double' },
};

/** JSON Schemas of messages and enums, collected under `#/components/schemas` as they are referred to. */
export class Schemas {
  readonly #components = new Map<string, JsonObject>();
  readonly #comments: Comments;

  constructor(comments: Comments) {
    this.#comments = comments;
  }

  /** All that was referred to, by name. */
  components(): JsonObject {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => byText(a, b)));
  }

  /** A reference to a message, or its form in JSON when it has one of its own. */
  message(desc: DescMessage): JsonObject {
    const own = WELL_KNOWN[desc.typeName];
    return own ?? this.#refer(componentName(desc.typeName), () => this.object(desc, []));
  }

  /** The schema of a message itself, without some of its fields. */
  object(desc: DescMessage, without: readonly string[]): JsonObject {
    const fields = desc.fields.filter((field) => !without.includes(field.name));
    // A request id may come as the Idempotency-Key header instead.
    const required = fields
      .filter((field) => isRequired(field) && field.name !== 'request_id')
      .map((field) => field.jsonName);
    return {
      type: 'object',
      ...described(this.#describeMessage(desc)),
      properties: Object.fromEntries(fields.map((field) => [field.jsonName, this.field(field)])),
      ...(required.length > 0 ? { required } : {}),
    };
  }

  /** The schema of a field with its comment and rules. */
  field(field: DescField): JsonObject {
    const description = described(this.#comments(field));
    const rules = rulesOf(field);
    switch (field.fieldKind) {
      case 'list': {
        const item = rules?.type.case === 'repeated' ? rules.type.value.items : undefined;
        const items = { ...this.#value(field), ...valueConstraints(item) };
        return { type: 'array', ...description, items, ...listConstraints(rules) };
      }
      case 'map': {
        const map = rules?.type.case === 'map' ? rules.type.value : undefined;
        const values = { ...this.#value(field), ...valueConstraints(map?.values) };
        return { type: 'object', ...description, additionalProperties: values, ...mapConstraints(rules) };
      }
      case 'scalar':
      case 'enum':
      case 'message':
        return { ...this.#value(field), ...description, ...valueConstraints(rules) };
    }
  }

  #value(field: DescField): JsonObject {
    if (field.message !== undefined) {
      return this.message(field.message);
    }
    if (field.enum !== undefined) {
      return this.#enumeration(field.enum);
    }
    return scalarSchema(field.scalar);
  }

  #enumeration(desc: DescEnum): JsonObject {
    return this.#refer(componentName(desc.typeName), () => ({
      type: 'string',
      description: [
        this.#comments(desc),
        ...desc.values.map((value) => `- \`${value.name}\`: ${this.#comments(value).replaceAll('\n', ' ')}`),
      ].join('\n'),
      enum: desc.values.map((value) => value.name),
    }));
  }

  #describeMessage(desc: DescMessage): string {
    const choices = desc.oneofs.map((oneof) => {
      const names = oneof.fields.map((field) => `\`${field.jsonName}\``);
      return `At most one of ${names.join(', ')} is set.`;
    });
    return [this.#comments(desc), ...choices].filter((text) => text !== '').join('\n\n');
  }

  #refer(name: string, build: () => JsonObject): JsonObject {
    if (!this.#components.has(name)) {
      // Before it is built, since messages may refer to themselves.
      this.#components.set(name, {});
      this.#components.set(name, build());
    }
    return { $ref: `#/components/schemas/${name}` };
  }
}

/** `souk.order.v1.Order` → `order.Order`, `souk.order.events.v1.OrderPlaced` → `order.events.OrderPlaced`; others stay. */
export function componentName(typeName: string): string {
  return typeName.replace(/^souk\.([a-z.]+)\.v[0-9]+\./, '$1.');
}

function described(text: string): JsonObject {
  return text === '' ? {} : { description: text };
}
