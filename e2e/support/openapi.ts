import { readFileSync } from 'node:fs';
import { z } from 'zod';

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    $ref: z.string().optional(),
    type: z.string().optional(),
    format: z.string().optional(),
    pattern: z.string().optional(),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minItems: z.number().optional(),
    maxItems: z.number().optional(),
    enum: z.array(z.unknown()).optional(),
    required: z.array(z.string()).optional(),
    properties: z.record(z.string(), schema).optional(),
    items: schema.optional(),
  }),
);

/** The part of JSON Schema that our document uses. */
export interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly items?: Schema | undefined;
}

const operation = z.object({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z
    .array(z.object({ name: z.string().optional(), in: z.string().optional(), schema: schema.optional() }))
    .default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema })) }).optional(),
});

const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), schema) }),
});

/** One operation of the generated OpenAPI document. */
export interface Operation {
  readonly id: string;
  readonly verb: string;
  readonly path: string;
  /** Works without a token. */
  readonly isPublic: boolean;
  readonly pathParameters: readonly Parameter[];
  readonly queryParameters: readonly Parameter[];
  /** The schema of the JSON body, if it takes one. */
  readonly body: Schema | undefined;
}

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly schema: Schema;
}

const { paths, components } = document.parse(
  JSON.parse(readFileSync(new URL('../../gen/openapi.json', import.meta.url), 'utf8')),
);

/** Every operation of the edge. */
export const operations: readonly Operation[] = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([verb, each]) => {
    const parameters = (place: string): Parameter[] =>
      each.parameters.flatMap(({ name, in: where, schema: type }) =>
        where === place && name !== undefined && type !== undefined ? [{ name, schema: resolve(type) }] : [],
      );
    const json = each.requestBody?.content['application/json']?.schema;
    return {
      id: each.operationId,
      verb: verb.toUpperCase(),
      path,
      isPublic: each.security.some((requirement) => Object.keys(requirement).length === 0),
      pathParameters: parameters('path'),
      queryParameters: parameters('query'),
      body: json === undefined ? undefined : resolve(json),
    };
  }),
);

/** Follows a reference to the schema that is meant. */
export function resolve(type: Schema): Schema {
  if (type.$ref === undefined) {
    return type;
  }
  const name = type.$ref.slice(type.$ref.lastIndexOf('/') + 1);
  const target = components.schemas[name];
  if (target === undefined) {
    throw new Error(`${type.$ref} leads nowhere`);
  }
  return target;
}
