import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { createConfig, lint } from '@redocly/openapi-core';

const gen = (name: string): string => fileURLToPath(new URL(`../../gen/${name}`, import.meta.url));

/** What Redocly's recommended rules find in a document, as `rule at place: message`. */
async function problemsOf(name: string, off: readonly string[]): Promise<string[]> {
  const rules = Object.fromEntries(off.map((rule) => [rule, 'off' as const]));
  const config = await createConfig({ extends: ['recommended'], rules });
  const problems = await lint({ ref: gen(name), config });
  return problems.map(
    ({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer ?? '?'}: ${message}`,
  );
}

it('makes a valid OpenAPI 3.1 document', async () => {
  await expect(problemsOf('openapi.json', [])).resolves.toEqual([]);
});

it('makes a valid AsyncAPI 3 document', async () => {
  // Brokers are reached inside the mesh only, so operations state no security; a description beside a $ref is for people.
  await expect(problemsOf('asyncapi.json', ['security-defined', 'spec-ref-siblings'])).resolves.toEqual([]);
});
