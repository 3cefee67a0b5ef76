import type { Contract, HttpRoute, MethodContract } from '../contract/contract.ts';
import { exposedMethodsOf } from '../contract/contract.ts';
import { patternOf } from '../contract/http-route.ts';
import { HEADER } from './header.ts';

const DECLARATIONS = `
/** What one call costs; the edge's limits are set per class. */
export type CostClassName = 'READ' | 'SEARCH' | 'WRITE' | 'CHECKOUT' | 'CREDENTIAL' | 'STREAM';

/** One RPC that is reachable through the edge. */
export interface EdgeMethod {
  /** Short name of the owning service. */
  readonly service: string;
  /** Full name of the proto service. */
  readonly grpcService: string;
  readonly method: string;
  /** REST bindings: verb, template, and an RE2 expression of the paths it matches. */
  readonly routes: readonly { readonly verb: string; readonly template: string; readonly pattern: string }[];
  /** A call needs a token; without it, one that is there must still be good. */
  readonly tokenRequired: boolean;
  readonly timeoutMs: number;
  readonly cost: CostClassName;
  readonly serverStreaming: boolean;
  /** JSON name of the response's only field, which REST shows bare; absent where it shows the response as it is. */
  readonly unwrap?: string;
  /** Has no side effects: may be repeated after any failure. */
  readonly readOnly: boolean;
}
`;

/** `gen/edge.ts`: the RPCs that the edge lets through, and what it must know of each. All else is 404 there. */
export function renderEdge(contract: Contract): string {
  const methods = exposedMethodsOf(contract).map((method) => `  ${JSON.stringify(edgeMethodOf(method))},\n`);
  return `${HEADER}${DECLARATIONS}
/** Every exposed RPC, by service and in the order of the contract. */
export const edgeMethods: readonly EdgeMethod[] = [
${methods.join('')}];
`;
}

function edgeMethodOf(method: MethodContract): Record<string, unknown> {
  return {
    service: method.service,
    grpcService: method.desc.parent.typeName,
    method: method.desc.name,
    routes: method.routes.map(routeOf),
    tokenRequired: method.auth?.kind !== 'public',
    timeoutMs: method.timeoutMs,
    cost: method.cost,
    serverStreaming: method.serverStreaming,
    ...unwrapOf(method),
    readOnly: method.readOnly,
  };
}

function unwrapOf({ desc, routes }: MethodContract): { unwrap?: string } {
  const name = routes[0]?.responseBody ?? '';
  const field = desc.output.fields.find((candidate) => candidate.name === name);
  // The transcoder itself unwraps raw bodies.
  const isShownAsItIs = field === undefined || field.message?.typeName === 'google.api.HttpBody';
  return isShownAsItIs ? {} : { unwrap: field.jsonName };
}

function routeOf({ verb, template }: HttpRoute): Record<string, string> {
  return { verb, template, pattern: patternOf(template) };
}
