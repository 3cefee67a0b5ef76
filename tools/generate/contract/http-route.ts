import type { HttpRule } from '@souk/gen/google/api/http_pb';
import type { HttpRoute, HttpVerb } from './contract.ts';

/** The REST bindings of a `google.api.http` rule, the main one first. */
export function readRoutes(rule: HttpRule): HttpRoute[] {
  const { pattern } = rule;
  if (pattern.case === undefined || pattern.case === 'custom') {
    throw new Error('a google.api.http rule needs one of get, put, post, patch, delete');
  }
  return [
    {
      verb: pattern.case satisfies HttpVerb,
      template: pattern.value,
      variables: variablesOf(pattern.value),
      body: rule.body,
      responseBody: rule.responseBody,
    },
    ...rule.additionalBindings.flatMap(readRoutes),
  ];
}

/** The field paths in the braces of a template, in order: `/v1/orders/{order_id}:cancel` binds `order_id`. */
function variablesOf(template: string): string[] {
  return [...template.matchAll(/\{([a-z0-9_.]+)(?:=[^}]*)?\}/g)].map(([, name]) => name ?? '');
}

/** What a router sees of a template: two templates of one shape cannot be told apart. */
export function shapeOf(route: HttpRoute): string {
  return `${route.verb} ${route.template.replace(/\{[^}]*\}/g, '{}')}`;
}

/** An anchored RE2 expression that matches the paths of a template, without the query. */
export function patternOf(template: string): string {
  const literal = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return template
    .split(/(\{[^}]*\})/)
    .map((part) => (part.startsWith('{') ? '[^/:]+' : literal(part)))
    .join('');
}
