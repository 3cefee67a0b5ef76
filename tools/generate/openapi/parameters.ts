import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { HttpRoute } from '../contract/contract.ts';
import type { JsonObject } from '../outputs/json.ts';
import { isRequired } from '../json-schema/constraints.ts';
import type { Schemas } from '../json-schema/schemas.ts';

/** How deep nested messages are spread over the query: `filter.price.min`. */
const MAX_DEPTH = 3;

/** The path and query parameters of a route: what the template binds, then all that neither it nor the body takes. */
export function parametersOf(route: HttpRoute, input: DescMessage, schemas: Schemas): JsonObject[] {
  return [
    ...route.variables.map((path) => pathParameter(path, input, schemas)),
    ...(route.body === '*' ? [] : queryParameters(route, input, '', schemas, 1)),
  ];
}

/** A route's template with parameters called after the field alone: `{product.product_id}` → `{product_id}`. */
export function pathOf(route: HttpRoute): string {
  return route.template.replace(/\{([^}]+)\}/g, (_, path: string) => `{${parameterName(path)}}`);
}

function parameterName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function pathParameter(path: string, input: DescMessage, schemas: Schemas): JsonObject {
  const field = fieldAt(path, input);
  if (field === undefined) {
    throw new Error(`${input.typeName} has no field ${path}`);
  }
  return { name: parameterName(path), in: 'path', required: true, ...split(schemas.field(field)) };
}

function queryParameters(
  route: HttpRoute,
  message: DescMessage,
  prefix: string,
  schemas: Schemas,
  depth: number,
): JsonObject[] {
  return message.fields.flatMap((field) => {
    const path = `${prefix}${field.name}`;
    if (route.variables.includes(path) || route.body === path || field.fieldKind === 'map') {
      return [];
    }
    const isNested = field.fieldKind === 'message' && !field.message.typeName.startsWith('google.protobuf.');
    if (isNested) {
      return depth < MAX_DEPTH ? queryParameters(route, field.message, `${path}.`, schemas, depth + 1) : [];
    }
    if (field.fieldKind === 'list' && field.listKind === 'message') {
      return [];
    }
    const name = `${jsonPath(prefix)}${field.jsonName}`;
    const required = prefix === '' && isRequired(field) ? { required: true } : {};
    const explode = field.fieldKind === 'list' ? { style: 'form', explode: true } : {};
    return [{ name, in: 'query', ...required, ...explode, ...split(schemas.field(field)) }];
  });
}

/** A parameter has its description beside the schema. */
function split({ description, ...schema }: JsonObject): JsonObject {
  return { ...(description === undefined ? {} : { description }), schema };
}

function fieldAt(path: string, message: DescMessage): DescField | undefined {
  const [name, ...rest] = path.split('.');
  const field = message.fields.find((candidate) => candidate.name === name);
  return rest.length === 0 || field?.message === undefined ? field : fieldAt(rest.join('.'), field.message);
}

function jsonPath(path: string): string {
  return path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
