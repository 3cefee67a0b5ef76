import { type DescField, type JsonObject, type JsonValue, type Message, toJson } from '@bufbuild/protobuf';
import type { HttpRoute, MethodContract } from '../../../../tools/generate/contract/contract.ts';
import { contract } from '../contract.ts';

/** A REST call that the transcoder turns into an RPC. */
export interface RestRequest {
  readonly verb: string;
  readonly path: string;
  /** Sent as JSON; absent when the RPC takes no body. */
  readonly body?: JsonValue;
}

/** How a client would write a request message over REST, by the main `google.api.http` rule of its RPC. */
export function restRequest(method: MethodContract, message: Message): RestRequest {
  const [route] = method.routes;
  if (route === undefined) throw new Error(`${method.fullName} has no REST route`);
  const options = { registry: contract.registry, useProtoFieldName: true };
  const fields = toJson(method.desc.input, message, options);
  if (!isObject(fields)) throw new Error(`${method.desc.input.typeName} is no object in JSON`);
  const rest = structuredClone(fields);
  const path = route.template.replace(/\{([a-z0-9_.]+)[^}]*\}/g, (_, name: string) => {
    const value = take(rest, name.split('.'));
    return encodeURIComponent(typeof value === 'string' || typeof value === 'number' ? String(value) : 'x');
  });
  return { verb: route.verb.toUpperCase(), ...withBody(route, path, rest, method.desc.input.fields) };
}

function withBody(
  route: HttpRoute,
  path: string,
  rest: JsonObject,
  fields: readonly DescField[],
): { path: string; body?: JsonValue } {
  if (route.body === '*') return { path, body: rest };
  if (route.body === '') return { path: `${path}${queryOf(rest)}` };
  const name = fields.find((field) => field.name === route.body)?.name ?? route.body;
  const body = rest[name] ?? {};
  Reflect.deleteProperty(rest, name);
  return { path: `${path}${queryOf(rest)}`, body };
}

/** Takes a value out of an object, following a field path. */
function take(object: JsonObject, path: readonly string[]): JsonValue | undefined {
  const [name = '', ...further] = path;
  const value = object[name];
  if (further.length > 0) return isObject(value) ? take(value, further) : undefined;
  Reflect.deleteProperty(object, name);
  return value;
}

function queryOf(fields: JsonObject): string {
  const query = new URLSearchParams(pairsOf(fields, ''));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function pairsOf(value: JsonValue | undefined, name: string): [string, string][] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => pairsOf(item, name));
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      pairsOf(item, name === '' ? key : `${name}.${key}`),
    );
  }
  return [[name, String(value)]];
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
