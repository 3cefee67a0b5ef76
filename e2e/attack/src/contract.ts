import { readFileSync } from 'node:fs';
import type { DescMethod } from '@bufbuild/protobuf';
import {
  type Contract,
  isExposed,
  type MethodContract,
  methodsOf,
} from '../../../tools/generate/contract/contract.ts';
import { readContract } from '../../../tools/generate/contract/read-contract.ts';

/** The platform's contract, as generated: attacks are made from it, so that a new RPC is attacked without being named. */
export const contract: Contract = readContract(
  readFileSync(new URL('../../../gen/souk.descriptors.binpb', import.meta.url)),
);

/** Every RPC of every service. */
export const allMethods: readonly MethodContract[] = methodsOf(contract);

/** The RPCs that the edge lets through. */
export const exposedMethods: readonly MethodContract[] = allMethods.filter(isExposed);

/** The RPCs that only services may call. */
export const internalMethods: readonly MethodContract[] = allMethods.filter((method) => !isExposed(method));

/** `/souk.order.v1.OrderService/PlaceOrder`. */
export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}
