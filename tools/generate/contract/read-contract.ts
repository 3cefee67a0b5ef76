import type { DescFile, DescMethod, DescService, FileRegistry } from '@bufbuild/protobuf';
import { createFileRegistry, fromBinary, getOption, hasOption } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema, MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import { http } from '@souk/gen/google/api/annotations_pb';
import type { Auth, MethodPolicy } from '@souk/gen/souk/options/v1/options_pb';
import { CostClass, method as policyOption } from '@souk/gen/souk/options/v1/options_pb';
import { readComments } from './comments.ts';
import type {
  AuthRule,
  Contract,
  CostClassName,
  MessagePackage,
  MethodContract,
  ServiceContract,
} from './contract.ts';
import { readRoutes } from './http-route.ts';

/** The timeout of an RPC whose contract states none. */
const DEFAULT_TIMEOUT_MS = 2_000;

const COST_CLASS_NAMES: Readonly<Record<CostClass, CostClassName>> = {
  [CostClass.UNSPECIFIED]: 'READ',
  [CostClass.READ]: 'READ',
  [CostClass.SEARCH]: 'SEARCH',
  [CostClass.WRITE]: 'WRITE',
  [CostClass.CHECKOUT]: 'CHECKOUT',
  [CostClass.CREDENTIAL]: 'CREDENTIAL',
  [CostClass.STREAM]: 'STREAM',
};

/**
 * Reads the platform's contract from an encoded `google.protobuf.FileDescriptorSet` with source info.
 *
 * Only packages below `souk` count; whatever they import is in the registry.
 */
export function readContract(descriptorSet: Uint8Array): Contract {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
  const files = [...registry.files].filter((file) => file.proto.package.startsWith('souk.'));
  return {
    services: files
      .flatMap((file) => file.services.map((desc) => readService(file, desc)))
      .sort((a, b) => byText(a.desc.typeName, b.desc.typeName)),
    messagePackages: readMessagePackages(files),
    registry: registry satisfies FileRegistry,
    comments: readComments(),
  };
}

function readService(file: DescFile, desc: DescService): ServiceContract {
  const name = shortName(file.proto.package);
  return { name, desc, methods: desc.methods.map((method) => readMethod(name, method)) };
}

function readMethod(service: string, desc: DescMethod): MethodContract {
  const policy = hasOption(desc, policyOption) ? getOption(desc, policyOption) : undefined;
  const statedTimeoutMs = timeoutOf(policy);
  return {
    service,
    desc,
    fullName: `${desc.parent.typeName}/${desc.name}`,
    auth: readAuth(policy?.auth),
    callers: policy?.callers ?? [],
    statedTimeoutMs,
    timeoutMs: statedTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    cost: COST_CLASS_NAMES[policy?.cost ?? CostClass.UNSPECIFIED],
    routes: hasOption(desc, http) ? readRoutes(getOption(desc, http)) : [],
    readOnly: desc.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
    serverStreaming: desc.methodKind === 'server_streaming' || desc.methodKind === 'bidi_streaming',
    clientStreaming: desc.methodKind === 'client_streaming' || desc.methodKind === 'bidi_streaming',
  };
}

function readAuth(auth: Auth | undefined): AuthRule | undefined {
  const rule = auth?.rule;
  switch (rule?.case) {
    case undefined:
      return undefined;
    case 'public':
      return { kind: 'public' };
    case 'guest':
    case 'user':
      return rule.value.unlessPermission === ''
        ? { kind: rule.case }
        : { kind: rule.case, unlessPermission: rule.value.unlessPermission };
    case 'permission':
      return { kind: 'permission', permission: rule.value };
    case 'internal':
      return { kind: 'internal' };
  }
}

function timeoutOf(policy: MethodPolicy | undefined): number | undefined {
  const timeout = policy?.timeout;
  return timeout === undefined
    ? undefined
    : Number(timeout.seconds) * 1_000 + Math.round(timeout.nanos / 1e6);
}

function readMessagePackages(files: readonly DescFile[]): MessagePackage[] {
  const packages = new Map<string, MessagePackage>();
  for (const file of files) {
    const [, service, kind] = file.proto.package.split('.');
    if (service === undefined || (kind !== 'events' && kind !== 'tasks')) {
      continue;
    }
    const name = file.proto.package;
    const messages = [...(packages.get(name)?.messages ?? []), ...file.messages];
    packages.set(name, { service, kind, name, messages });
  }
  return [...packages.values()].sort((a, b) => byText(a.name, b.name));
}

/** `souk.order.v1` → `order`. */
function shortName(packageName: string): string {
  return packageName.split('.')[1] ?? packageName;
}

/** Compares by code unit, so that the order is the same in every locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
