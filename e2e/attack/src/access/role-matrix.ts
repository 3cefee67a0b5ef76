import type { MethodContract } from '../../../../tools/generate/contract/contract.ts';
import { type Answer, describe, isBroken, PROTOCOLS, type Protocol } from '../calling/answer.ts';
import { callEdge } from '../calling/edge-call.ts';
import { pathOf } from '../contract.ts';
import { servedAtEdge, servedInside } from '../served.ts';
import { callGrpcPath } from '../calling/raw-call.ts';
import type { Person } from '../people.ts';
import { invalidRequest, skeleton } from '../requests/broken.ts';
import { Tally } from '../tally.ts';

/** What the contract says that a person's call must come to. */
type Verdict = 'admitted' | 'UNAUTHENTICATED' | 'PERMISSION_DENIED';

/**
 * S5, first half: every RPC by every person over every protocol comes to what its contract says. Calls that are admitted
 * carry content that is refused, so that they have no effect.
 */
export async function attackRoles(
  people: readonly Person[],
  headers: Record<string, string> = {},
): Promise<Tally> {
  const tally = new Tally('every RPC by every role, REST, gRPC and gRPC-web');
  for (const method of servedAtEdge) {
    await Promise.all(
      people.map(async (person) => {
        for (const protocol of PROTOCOLS) await probe(method, person, protocol, headers, tally);
      }),
    );
  }
  for (const method of servedInside) {
    for (const person of people) {
      for (const protocol of ['gRPC', 'gRPC-web'] as const) {
        const answer = await callGrpcPath(protocol, pathOf(method.desc), new Uint8Array(), {
          ...headers,
          ...bearer(person),
        });
        tally.refusal(
          answer.code === 'UNIMPLEMENTED',
          () => `${method.fullName} is internal, but ${person.name} got ${describe(answer)} over ${protocol}`,
        );
      }
    }
  }
  return tally;
}

async function probe(
  method: MethodContract,
  person: Person,
  protocol: Protocol,
  headers: Record<string, string>,
  tally: Tally,
): Promise<void> {
  const expected = verdictFor(method, person);
  const inPath = new Set(method.routes.flatMap((route) => route.variables));
  const message = invalidRequest(method) ?? skeleton(method.desc.input, inPath);
  const ask = (): Promise<Answer> => callEdge(protocol, method, message, { token: person.token(), headers });
  let answer = await ask();
  if (answer.code === 'UNAUTHENTICATED' && expected !== 'UNAUTHENTICATED') {
    // An earlier call may have ended the session, as logging out does.
    await person.renew();
    answer = await ask();
  }
  const fault = (): string =>
    `${method.fullName} over ${protocol} by ${person.name}: ${describe(answer)}, not ${expected}`;
  if (expected === 'admitted') tally.harmless(isAdmitted(answer), fault);
  else tally.refusal(answer.code === expected, fault);
}

function isAdmitted(answer: Answer): boolean {
  return (
    !isBroken(answer) && !['UNAUTHENTICATED', 'PERMISSION_DENIED', 'UNIMPLEMENTED'].includes(answer.code)
  );
}

function verdictFor({ auth }: MethodContract, person: Person): Verdict {
  if (auth?.kind === 'public') return 'admitted';
  if (person.kind === 'anonymous') return 'UNAUTHENTICATED';
  switch (auth?.kind) {
    case 'guest':
      return 'admitted';
    case 'user':
      return person.kind === 'user' ? 'admitted' : 'PERMISSION_DENIED';
    case 'permission':
      return person.permissions().has(auth.permission) ? 'admitted' : 'PERMISSION_DENIED';
    default:
      return 'PERMISSION_DENIED';
  }
}

function bearer(person: Person): Record<string, string> {
  const token = person.token();
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
