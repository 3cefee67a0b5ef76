import type { Contract } from '../generate/contract/contract.ts';

/** Who calls whom inside the mesh, as the contracts' `callers` say. */
export interface CallGraph {
  /** Services that may call this one, sorted. */
  callersOf(service: string): readonly string[];
  /** Services that this one may call, sorted. */
  calleesOf(service: string): readonly string[];
  /** True when the edge routes to this service. */
  isExposed(service: string): boolean;
}

/** Reads the call graph out of the contracts. */
export function callGraphOf(contract: Contract): CallGraph {
  const callers = new Map(
    contract.services.map(({ name, methods }) => [
      name,
      new Set(
        methods.flatMap((method) =>
          // `*` stands for every other service of the mesh.
          method.callers.flatMap((caller) =>
            caller === '*'
              ? contract.services.map((each) => each.name).filter((each) => each !== name)
              : [caller],
          ),
        ),
      ),
    ]),
  );
  const exposed = new Set(
    contract.services
      .filter(({ methods }) => methods.some((method) => method.auth?.kind !== 'internal'))
      .map(({ name }) => name),
  );
  return {
    callersOf: (service) => [...(callers.get(service) ?? [])].sort(),
    calleesOf: (service) =>
      [...callers]
        .filter(([, names]) => names.has(service))
        .map(([name]) => name)
        .sort(),
    isExposed: (service) => exposed.has(service),
  };
}
