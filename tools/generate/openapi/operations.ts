import type { AuthRule, HttpRoute, MethodContract } from '../contract/contract.ts';
import type { JsonObject, JsonValue } from '../outputs/json.ts';
import { parametersOf } from './parameters.ts';
import type { Schemas } from '../json-schema/schemas.ts';

const RAW_BODY = 'google.api.HttpBody';
const RAW_CONTENT: JsonObject = { '*/*': { schema: { type: 'string', format: 'binary' } } };

/**
 * One operation of the OpenAPI document.
 *
 * @param summary the RPC's comment
 * @param index which of the RPC's routes this is; the main one is 0
 */
export function operationOf(
  method: MethodContract,
  route: HttpRoute,
  index: number,
  comment: string,
  schemas: Schemas,
): JsonObject {
  const { desc } = method;
  const [summary, description] = splitComment(comment);
  const parameters: JsonObject[] = [
    ...parametersOf(route, desc.input, schemas),
    ...(takesRequestId(method) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ];
  return {
    operationId: `${desc.parent.name}.${desc.name}${index === 0 ? '' : String(index + 1)}`,
    tags: [desc.parent.name],
    summary,
    ...(description === '' ? {} : { description }),
    ...security(method.auth),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBody(method, route, schemas),
    responses: {
      '200': { description: 'Done.', content: responseContent(method, route, schemas) },
      ...errorResponses(method),
    },
  };
}

function takesRequestId({ desc }: MethodContract): boolean {
  return desc.input.fields.some((field) => field.name === 'request_id');
}

/** The first sentence is the summary. */
function splitComment(comment: string): [summary: string, description: string] {
  const [first = '', ...rest] = comment.split('\n\n');
  const flat = first.replaceAll('\n', ' ');
  const end = /\.\s/.exec(flat)?.index;
  const summary = end === undefined ? flat : flat.slice(0, end + 1);
  const remainder = flat.slice(summary.length).trim();
  return [summary, [remainder, ...rest].filter((text) => text !== '').join('\n\n')];
}

function security(auth: AuthRule | undefined): JsonObject {
  switch (auth?.kind) {
    case 'permission':
      return { security: [{ accessToken: [auth.permission] }] };
    case 'guest':
    case 'user': {
      const { unlessPermission } = auth;
      const others = unlessPermission === undefined ? {} : { 'x-unless-permission': unlessPermission };
      return { security: [{ accessToken: [] }], 'x-principal': auth.kind, ...others };
    }
    case 'public':
      return { security: [{}, { accessToken: [] }] };
    case 'internal':
    case undefined:
      return {};
  }
}

function requestBody({ desc }: MethodContract, route: HttpRoute, schemas: Schemas): JsonObject {
  if (route.body === '') {
    return {};
  }
  const field = desc.input.fields.find((candidate) => candidate.name === route.body);
  if (field?.message?.typeName === RAW_BODY) {
    return { requestBody: { required: true, content: RAW_CONTENT } };
  }
  const bound = route.variables.filter((path) => !path.includes('.'));
  const whole = (): JsonObject =>
    bound.length === 0 ? schemas.message(desc.input) : schemas.object(desc.input, bound);
  const schema = field === undefined ? whole() : schemas.field(field);
  return { requestBody: { required: true, content: { 'application/json': { schema } } } };
}

function responseContent(
  { desc, serverStreaming }: MethodContract,
  route: HttpRoute,
  schemas: Schemas,
): JsonObject {
  if (desc.output.typeName === RAW_BODY) {
    return RAW_CONTENT;
  }
  const field = desc.output.fields.find((candidate) => candidate.name === route.responseBody);
  if (field?.message?.typeName === RAW_BODY) {
    return RAW_CONTENT;
  }
  const schema = field === undefined ? schemas.message(desc.output) : schemas.field(field);
  // A stream is one message a line, or one an event when asked for with `accept: text/event-stream`.
  return { 'application/json': { schema }, ...(serverStreaming ? { 'text/event-stream': { schema } } : {}) };
}

function errorResponses(method: MethodContract): Record<string, JsonValue> {
  const { auth, readOnly } = method;
  const names: [status: string, name: string][] = [
    ['400', 'InvalidOrRefused'],
    ['401', 'Unauthenticated'],
    ...(auth?.kind === 'permission' || auth?.kind === 'user'
      ? ([['403', 'Denied']] as [string, string][])
      : []),
    ['404', 'NotFound'],
    ...(readOnly ? [] : ([['409', 'Conflict']] as [string, string][])),
    ['429', 'LimitReached'],
    ['503', 'Unavailable'],
    ['504', 'DeadlineExceeded'],
    ['default', 'Fault'],
  ];
  return Object.fromEntries(
    names.map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]),
  );
}
