import type { MethodContract } from '../../../tools/generate/contract/contract.ts';
import { allMethods, exposedMethods, internalMethods, pathOf } from './contract.ts';
import { directLine } from './mesh/direct-call.ts';
import { addressOf, serviceNames } from './mesh/services.ts';

const unserved = new Set<MethodContract>();
for (const service of serviceNames()) {
  const line = directLine(addressOf(service));
  await Promise.all(
    allMethods
      .filter((method) => method.service === service)
      .map(async (method) => {
        const answer = await line.call(pathOf(method.desc), new Uint8Array(), { authorization: 'Bearer x' });
        if (answer.code === 'UNIMPLEMENTED') unserved.add(method);
      }),
  );
  line.close();
}

/** RPCs that the contracts promise and the running platform does not know: it is older than the contracts. */
export const unservedNames: readonly string[] = [...unserved].map((method) => method.fullName);

/** Every RPC that the platform serves. */
export const served: readonly MethodContract[] = allMethods.filter((method) => !unserved.has(method));

/** Those that the edge lets through. */
export const servedAtEdge: readonly MethodContract[] = exposedMethods.filter(
  (method) => !unserved.has(method),
);

/** Those that only services may call. */
export const servedInside: readonly MethodContract[] = internalMethods.filter(
  (method) => !unserved.has(method),
);

/** Those that can be called often: proving who one is would be throttled, for everybody at the attacker's address. */
export const withoutThrottle: readonly MethodContract[] = servedAtEdge.filter(
  ({ cost }) => cost !== 'CREDENTIAL',
);
