import { hasOption } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import { http } from '@souk/gen/google/api/annotations_pb';
import { checkRequestBounds } from './check-bounds.ts';
import { checkReasons } from './check-reasons.ts';
import type { AuthRule, Contract, HttpRoute, MethodContract } from './contract.ts';
import { isExposed, methodsOf } from './contract.ts';
import { shapeOf } from './http-route.ts';

const PERMISSION = /^[a-z]+\.[a-z_]+\.[a-z_]+$/;

/** Stands in `callers` for every other service of the mesh. */
const EVERY_SERVICE = '*';

/** The longest a unary call may take; whatever takes longer is a job. */
const MAX_UNARY_MS = 120_000;

/** `google.api.HttpBody`: bytes as they came, for callers who do not speak our JSON. */
const RAW_BODY = 'google.api.HttpBody';

/**
 * Checks what the platform derives from the contracts but protobuf cannot state. Returns one sentence per fault, each
 * starting with the full name of the RPC or field; none when all is well.
 */
export function checkContract(contract: Contract): string[] {
  const services = new Set(contract.services.map((service) => service.name));
  const methods = methodsOf(contract);
  return [
    ...methods.flatMap((method) =>
      checkMethod(method, services).map((fault) => `${method.fullName}: ${fault}`),
    ),
    ...checkRouteShapes(methods),
    ...checkRequestBounds(methods),
    ...checkReasons(contract),
  ];
}

function checkMethod(method: MethodContract, services: ReadonlySet<string>): string[] {
  return [
    ...checkAuth(method, services),
    ...checkTimeout(method),
    ...(isExposed(method)
      ? [...checkExposed(method), ...method.routes.flatMap((route) => checkRoute(method, route))]
      : []),
  ];
}

function checkAuth(method: MethodContract, services: ReadonlySet<string>): string[] {
  const { auth, callers, service } = method;
  if (auth === undefined) {
    return ['no auth option: say who may call it (souk.options.v1.method)'];
  }
  const permission = permissionOf(auth);
  return [
    ...(auth.kind === 'internal' && callers.length === 0
      ? ['internal, but no service may call it (callers)']
      : []),
    ...(auth.kind === 'internal' && hasOption(method.desc, http)
      ? ['internal, so it must have no REST route']
      : []),
    ...callers
      .filter((caller) => caller !== EVERY_SERVICE && !services.has(caller))
      .map((caller) => `unknown caller ${caller}`),
    ...(callers.includes(service) ? ['a service does not call itself'] : []),
    ...(permission !== undefined && !PERMISSION.test(permission)
      ? [`the permission ${permission} is not written <service>.<resource>.<action>`]
      : []),
    ...(permission !== undefined && !permission.startsWith(`${service}.`)
      ? [`the permission ${permission} is another service's`]
      : []),
  ];
}

function permissionOf(auth: AuthRule): string | undefined {
  switch (auth.kind) {
    case 'permission':
      return auth.permission;
    case 'guest':
    case 'user':
      return auth.unlessPermission;
    case 'public':
    case 'internal':
      return undefined;
  }
}

function checkTimeout(method: MethodContract): string[] {
  if (method.serverStreaming) {
    return method.statedTimeoutMs === undefined ? ['a stream states its own timeout'] : [];
  }
  return method.timeoutMs > MAX_UNARY_MS ? [`a call must end within ${String(MAX_UNARY_MS / 1_000)} s`] : [];
}

function checkExposed(method: MethodContract): string[] {
  const { desc, routes, cost } = method;
  const faults: string[] = [];
  if (routes.length === 0) {
    faults.push('exposed, so it needs a REST route (google.api.http)');
  }
  if (method.clientStreaming) {
    faults.push('exposed, so it must not stream from the client');
  }
  if (method.serverStreaming !== (cost === 'STREAM')) {
    faults.push('COST_CLASS_STREAM is for streams, and streams have it');
  }
  if (new Set(routes.map((route) => route.responseBody)).size > 1) {
    faults.push('all routes of an RPC must have the same response_body');
  }
  const requestId = desc.input.fields.find((field) => field.name === 'request_id');
  if (!method.readOnly && !isExemptFromRequestId(method) && requestId === undefined) {
    faults.push(
      'changes something, so its request needs a request_id; or declare that it is IDEMPOTENT or has NO_SIDE_EFFECTS',
    );
  }
  return faults;
}

/**
 * Replies with credentials must not be stored to be replayed; raw bodies have no place for an id; what is declared
 * idempotent has the same effect a second time.
 */
function isExemptFromRequestId({ cost, desc }: MethodContract): boolean {
  const hasRawBody = desc.input.fields.some((field) => field.message?.typeName === RAW_BODY);
  return (
    cost === 'CREDENTIAL' || hasRawBody || desc.idempotency === MethodOptions_IdempotencyLevel.IDEMPOTENT
  );
}

function checkRoute(method: MethodContract, route: HttpRoute): string[] {
  const { input, output } = method.desc;
  const faults: string[] = [];
  const say = (fault: string): void => void faults.push(`${route.verb} ${route.template}: ${fault}`);
  if (!route.template.startsWith('/v1/')) {
    say('routes start with /v1/');
  }
  for (const variable of route.variables) {
    if (!isScalarPath(method, variable)) {
      say(`{${variable}} is no scalar field of ${input.typeName}`);
    }
  }
  if (route.body !== '' && route.body !== '*' && !input.fields.some((field) => field.name === route.body)) {
    say(`the body ${route.body} is no field of ${input.typeName}`);
  }
  if (route.responseBody !== '') {
    const [only, ...others] = output.fields;
    if (only?.name !== route.responseBody || others.length > 0) {
      say(`response_body ${route.responseBody} must be the only field of ${output.typeName}`);
    }
    if (method.serverStreaming && only?.message?.typeName !== RAW_BODY) {
      say('a stream shows its messages as they are, without response_body, unless they are raw bodies');
    }
  }
  if ((route.verb === 'get') !== method.readOnly) {
    say('GET is for NO_SIDE_EFFECTS, and the other way round');
  }
  if (route.verb === 'get' && route.body !== '') {
    say('GET has no body');
  }
  return faults;
}

function isScalarPath(method: MethodContract, path: string): boolean {
  let message = method.desc.input;
  const names = path.split('.');
  for (const [index, name] of names.entries()) {
    const field = message.fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      return false;
    }
    if (index === names.length - 1) {
      return field.fieldKind === 'scalar' || field.fieldKind === 'enum';
    }
    if (field.fieldKind !== 'message') {
      return false;
    }
    message = field.message;
  }
  return false;
}

function checkRouteShapes(methods: readonly MethodContract[]): string[] {
  const owners = new Map<string, string>();
  const faults: string[] = [];
  for (const method of methods) {
    for (const route of method.routes) {
      const shape = shapeOf(route);
      const owner = owners.get(shape);
      if (owner !== undefined) {
        faults.push(`${method.fullName}: ${route.verb} ${route.template} is already a route of ${owner}`);
      }
      owners.set(shape, method.fullName);
    }
  }
  return faults;
}
