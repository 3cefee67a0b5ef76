import type { Person } from '../people.ts';
import { callerToken, serviceNames } from '../mesh/services.ts';
import type { Tally } from '../tally.ts';
import { attackRoles } from './role-matrix.ts';

/**
 * S1: every RPC by people who may do little, with headers that only the mesh may send – among them tokens with which
 * services really prove themselves. Had one of them arrived, the answer would be another than without.
 */
export async function attackWithIdentityHeaders(people: readonly Person[], asWhom: string): Promise<Tally> {
  const [caller = ''] = serviceNames().filter((name) => name === 'order');
  const tally = await attackRoles(people, {
    'x-souk-subject': asWhom,
    'x-souk-kind': 'user',
    'x-souk-roles': 'admin',
    'x-souk-scope': 'identity.roles.assign identity.accounts.read',
    'X-Souk-Caller-Token': await callerToken(caller, 'identity'),
    'x-envoy-original-path': '/v1/accounts',
    'x-envoy-internal': 'true',
    'x-forwarded-for': '127.0.0.1',
  });
  return Object.assign(tally, { title: "every RPC with the mesh's identity headers sent by a client" });
}
