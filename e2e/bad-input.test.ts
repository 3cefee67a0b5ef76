import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import { brokenValues } from './support/broken-values.ts';
import type { Operation } from './support/openapi.ts';
import { operations, resolve } from './support/openapi.ts';
import { readPlatform } from './support/platform.ts';
import type { Reply, RestOptions } from './support/rest.ts';
import { errorOf, reasonOf, rest } from './support/rest.ts';
import { login } from './support/shop.ts';

/** One request that must be refused, and the field that the refusal must name, if there is one. */
interface Attempt {
  readonly what: string;
  readonly path: string;
  readonly options: RestOptions;
  readonly field?: string;
}

describe('bad input at every route', () => {
  let token: string;

  beforeAll(async () => {
    ({ accessToken: token } = await login(readPlatform().admin));
  });

  it.each(operations.map((operation) => [operation.id, operation] as const))('%s', async (_, operation) => {
    const faults: string[] = [];
    for (const attempt of attemptsAt(operation)) {
      const reply = await patiently(operation, attempt, operation.isPublic ? undefined : token);
      faults.push(...faultsIn(reply, attempt).map((fault) => `${attempt.what}: ${fault}; ${excerpt(reply)}`));
    }
    expect(faults).toEqual([]);
  });
});

function attemptsAt(operation: Operation): Attempt[] {
  const path = pathOf(operation, {});
  return [
    ...pathAttempts(operation),
    ...operation.queryParameters.flatMap(({ name, schema }) =>
      brokenValues(schema)
        // A query has no objects.
        .filter(({ value }) => typeof value !== 'object')
        .map(({ how, value }) => ({
          what: `query ${name} ${how}`,
          path: `${path}?${new URLSearchParams({ [name]: String(value) }).toString()}`,
          options: bodyFor(operation),
          field: name,
        })),
    ),
    {
      what: 'query is unknown',
      path: `${path}?noSuchParameter=1`,
      options: bodyFor(operation),
      field: 'noSuchParameter',
    },
    ...bodyAttempts(operation, path),
  ];
}

function pathAttempts(operation: Operation): Attempt[] {
  return operation.pathParameters.flatMap(({ name, schema }) =>
    brokenValues(schema)
      .filter(({ value }) => typeof value !== 'object')
      .map(({ how, value }) => ({
        what: `path ${name} ${how}`,
        path: pathOf(operation, { [name]: String(value) }),
        options: bodyFor(operation),
        field: name,
      })),
  );
}

function bodyAttempts({ body, pathParameters }: Operation, path: string): Attempt[] {
  if (body === undefined) {
    return [];
  }
  const { properties = {}, required = [] } = body;
  // The path wins over the body.
  const isBound = (name: string): boolean =>
    pathParameters.some((parameter) => parameter.name === snakeCase(name));
  return [
    { what: 'body is cut off', path, options: { raw: '{"a":' } },
    { what: 'body is no JSON', path, options: { raw: 'hello' } },
    { what: 'body is a list', path, options: { raw: '[]' } },
    ...required
      .filter((name) => !isBound(name))
      .map((name) => ({ what: `${name} is missing`, path, options: { body: {} }, field: name })),
    ...Object.entries(properties)
      .filter(([name]) => !isBound(name))
      .flatMap(([name, schema]) =>
        brokenValues(resolve(schema)).map(({ how, value }) => ({
          what: `${name} ${how}`,
          path,
          options: { body: { [name]: value } },
          field: name,
        })),
      ),
  ];
}

function pathOf({ path, pathParameters }: Operation, values: Readonly<Record<string, string>>): string {
  return pathParameters.reduce(
    (result, { name }) => result.replace(`{${name}}`, encodeURIComponent(values[name] ?? newId())),
    path,
  );
}

function bodyFor({ body }: Operation): RestOptions {
  return body === undefined ? {} : { body: {} };
}

/** Sends it as often as the limits of the edge make it come back. */
async function patiently(operation: Operation, attempt: Attempt, token: string | undefined): Promise<Reply> {
  for (;;) {
    const reply = await rest(operation.verb, attempt.path, { ...attempt.options, token });
    if (reply.status !== 429) {
      return reply;
    }
    await sleep(Number(reply.headers['retry-after'] ?? 1) * 1_000);
  }
}

function faultsIn(reply: Reply, { field }: Attempt): string[] {
  if (reply.status < 400 || reply.status >= 500) {
    return [`answered with ${String(reply.status)}`];
  }
  const faults: string[] = [];
  if (reasonOf(reply) === undefined) {
    faults.push('no reason');
  }
  if (errorOf(reply).message === '') {
    faults.push('no message');
  }
  if (/\bat .+:\d+:\d+|node_modules|\.ts\b/.test(reply.text)) {
    faults.push('shows a stack');
  }
  // The edge names fields as the JSON did, services as the contract does.
  if (field !== undefined && !reply.text.includes(field) && !reply.text.includes(snakeCase(field))) {
    faults.push(`does not name ${field}`);
  }
  return faults;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function excerpt(reply: Reply): string {
  return `${String(reply.status)} ${reply.text.slice(0, 300)}`;
}
