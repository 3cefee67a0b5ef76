import type { Contract } from '../contract/contract.ts';
import { exposedMethodsOf, isExposed } from '../contract/contract.ts';
import { byText } from '../contract/read-contract.ts';
import type { JsonObject } from '../outputs/json.ts';
import { jsonText } from '../outputs/json.ts';
import { operationOf } from './operations.ts';
import { pathOf } from './parameters.ts';
import { Schemas } from '../json-schema/schemas.ts';

const DESCRIPTION = `The REST face of Souk's contracts. Every operation is an RPC that gRPC and gRPC-web reach on the same port.

Names are lowerCamelCase; snake_case is understood too. 64-bit integers are strings. Errors are \`google.rpc.Status\` with
one \`google.rpc.ErrorInfo\`, whose \`reason\` tells what happened.`;

/** What each error status means, and under which name the operations refer to it. */
const ERRORS: Readonly<Record<string, string>> = {
  InvalidOrRefused:
    'A field breaks a rule (BadRequest names it), or the state of things forbids it (the reason says why).',
  Unauthenticated: 'The token is missing where one is needed, or is no good.',
  Denied: 'The token is good but does not permit this.',
  NotFound: "There is no such thing, or it is another customer's.",
  Conflict: 'It exists already, or something else changed it meanwhile, or the same request is in flight.',
  LimitReached: 'Too many requests; `retry-after` says when to come back.',
  Unavailable: 'Something needed cannot be reached. Trying again later may succeed.',
  DeadlineExceeded: 'There was no answer in time.',
  Fault: 'A fault of the platform; the metadata has an id that finds it in the logs.',
};

/** `gen/openapi.json`: an OpenAPI 3.1 document of every RPC that is reachable through the edge. */
export function renderOpenApi(contract: Contract): string {
  const schemas = new Schemas(contract.comments);
  const paths = new Map<string, JsonObject>();
  for (const method of exposedMethodsOf(contract)) {
    for (const [index, route] of method.routes.entries()) {
      const path = pathOf(route);
      const item = paths.get(path) ?? {};
      item[route.verb] = operationOf(method, route, index, contract.comments(method.desc), schemas);
      paths.set(path, item);
    }
  }
  return jsonText({
    openapi: '3.1.0',
    info: {
      title: 'Souk',
      version: 'v1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The edge' }],
    tags: contract.services
      .filter((service) => service.methods.some(isExposed))
      .map(({ desc }) => ({ name: desc.name, description: contract.comments(desc) })),
    paths: Object.fromEntries([...paths].sort(([a], [b]) => byText(a, b))),
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'An access token of identity: of a guest, or of an account with its permissions as scopes.',
        },
      },
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY },
      responses: Object.fromEntries(
        Object.entries(ERRORS).map(([name, text]) => [name, errorResponse(text)]),
      ),
      schemas: { ...schemas.components(), 'google.rpc.Status': STATUS },
    },
  });
}

const IDEMPOTENCY_KEY: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Fills `requestId` when the body has none: the same key with the same body takes effect once.',
  schema: { type: 'string', format: 'uuid' },
};

const STATUS: JsonObject = {
  type: 'object',
  description: 'An error.',
  properties: {
    code: { type: 'integer', format: 'int32', description: 'A canonical code of `google.rpc.Code`.' },
    message: { type: 'string', description: 'What went wrong, for a developer.' },
    details: {
      type: 'array',
      description:
        '`google.rpc.ErrorInfo` always; BadRequest, PreconditionFailure or RetryInfo where they say more.',
      items: {
        type: 'object',
        properties: {
          '@type': { type: 'string' },
          reason: { type: 'string', description: 'In ErrorInfo: the reason, a constant.' },
          domain: {
            type: 'string',
            description: 'In ErrorInfo: who says so, `<service>.souk` or `edge.souk`.',
          },
          metadata: { type: 'object', additionalProperties: { type: 'string' } },
        },
        required: ['@type'],
      },
    },
  },
  required: ['code', 'message'],
};

function errorResponse(description: string): JsonObject {
  const schema = { $ref: '#/components/schemas/google.rpc.Status' };
  return { description, content: { 'application/json': { schema } } };
}
