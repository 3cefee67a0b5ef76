import {
  type DescField,
  type DescMessage,
  getOption,
  type JsonValue,
  type MessageShape,
} from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { Sensitivity, sensitive } from '@souk/gen/souk/options/v1/options_pb';

const HIDDEN = '[redacted]';

function isSensitive(field: DescField): boolean {
  return field.proto.options !== undefined && getOption(field, sensitive) !== Sensitivity.UNSPECIFIED;
}

/** A message as plain values for logs, with every field that its contract calls sensitive hidden. */
export function redacted<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): JsonValue {
  return plain(reflect(schema, message));
}

function plain(message: ReflectMessage): Record<string, JsonValue> {
  const out: Record<string, JsonValue> = {};
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    out[field.name] = isSensitive(field) ? HIDDEN : fieldValue(message, field);
  }
  return out;
}

function fieldValue(message: ReflectMessage, field: DescField): JsonValue {
  switch (field.fieldKind) {
    case 'message':
      return plain(message.get(field));
    case 'list': {
      const list = message.get(field);
      return field.listKind === 'message'
        ? Array.from(list, (item) => plain(item as ReflectMessage))
        : Array.from(list, scalar);
    }
    case 'map':
      return `{${message.get(field).size}}`;
    default:
      return scalar(message.get(field));
  }
}

function scalar(value: unknown): JsonValue {
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}
