import { create, toBinary } from '@bufbuild/protobuf';
import { z } from 'zod';
import { restOk } from '../../../support/rest.ts';
import { describe, PROTOCOLS } from '../calling/answer.ts';
import { callEdge } from '../calling/edge-call.ts';
import { pathOf } from '../contract.ts';
import { served, servedAtEdge } from '../served.ts';
import { directLine } from '../mesh/direct-call.ts';
import { addressOf, serviceNames } from '../mesh/services.ts';
import { administrator } from '../people.ts';
import { skeleton } from '../requests/broken.ts';
import { Tally } from '../tally.ts';
import { forgeriesOf } from './forgeries.ts';

const jwks = z.object({ keys: z.array(z.looseObject({ x: z.string() })) });

/** S2: forged tokens, at the edge on guarded and on public RPCs over every protocol, and again at each service past it. */
export async function attackTokens(): Promise<Tally[]> {
  const { keys } = await restOk(jwks, 'GET', '/.well-known/jwks.json');
  const good = (await administrator()).token() ?? '';
  const forgeries = await forgeriesOf(good, keys);

  const atEdge = new Tally('forged tokens at the edge');
  const guarded = servedAtEdge.find(({ auth }) => auth?.kind === 'permission');
  const open = servedAtEdge.find(({ auth, readOnly }) => auth?.kind === 'public' && readOnly);
  for (const method of [guarded, open]) {
    if (method === undefined) continue;
    const message = create(method.desc.input);
    for (const { what, token } of forgeries) {
      for (const protocol of PROTOCOLS) {
        const answer = await callEdge(protocol, method, message, { token });
        const isRefused = answer.code === 'UNAUTHENTICATED' || answer.reason === 'REQUEST_MALFORMED';
        atEdge.refusal(
          isRefused,
          () => `a token ${what} at ${method.fullName} over ${protocol}: ${describe(answer)}`,
        );
      }
    }
  }

  const atServices = new Tally('forged tokens at each service, past the edge');
  for (const service of serviceNames()) {
    const line = directLine(addressOf(service));
    for (const method of served.filter((each) => each.service === service)) {
      const bytes = toBinary(method.desc.input, skeleton(method.desc.input, new Set()));
      await Promise.all(
        forgeries.map(async ({ what, token }) => {
          const answer = await line.call(pathOf(method.desc), bytes, { authorization: `Bearer ${token}` });
          atServices.refusal(
            answer.code === 'UNAUTHENTICATED',
            () => `a token ${what} at ${method.fullName}: ${describe(answer)}`,
          );
        }),
      );
    }
    line.close();
  }
  return [atEdge, atServices];
}
