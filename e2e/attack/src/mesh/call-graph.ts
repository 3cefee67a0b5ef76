import { toBinary } from '@bufbuild/protobuf';
import { describe } from '../calling/answer.ts';
import { pathOf } from '../contract.ts';
import { served } from '../served.ts';
import { invalidRequest, skeleton } from '../requests/broken.ts';
import { Tally } from '../tally.ts';
import { directLine } from './direct-call.ts';
import { addressOf, callerToken, serviceNames } from './services.ts';

/**
 * S9: every RPC called by every service with its own identity, past the edge. Only the contract's callers get in; a token
 * for another service, or no token, opens no internal RPC.
 */
export async function attackCallGraph(): Promise<Tally> {
  const tally = new Tally('every RPC by every service, past the edge');
  const names = serviceNames();
  for (const callee of names) {
    const line = directLine(addressOf(callee));
    const tokens = await Promise.all(
      names.map(async (caller) => ({ caller, token: await callerToken(caller, callee) })),
    );
    const elsewhere = await callerToken(names.find((name) => name !== callee) ?? '', 'elsewhere');
    for (const method of served.filter(({ service }) => service === callee)) {
      const message = invalidRequest(method) ?? skeleton(method.desc.input, new Set());
      const bytes = toBinary(method.desc.input, message);
      const path = pathOf(method.desc);
      await Promise.all(
        tokens.map(async ({ caller, token }) => {
          const answer = await line.call(path, bytes, { 'x-souk-caller-token': token });
          const fault = (): string => `${caller} calls ${method.fullName}: ${describe(answer)}`;
          if (method.callers.includes(caller) || method.callers.includes('*')) {
            tally.harmless(!['PERMISSION_DENIED', 'UNAUTHENTICATED'].includes(answer.code), fault);
          } else tally.refusal(answer.code === 'PERMISSION_DENIED', fault);
        }),
      );
      const strayed = await line.call(path, bytes, { 'x-souk-caller-token': elsewhere });
      tally.refusal(
        strayed.code === 'UNAUTHENTICATED',
        () => `a token for elsewhere at ${method.fullName}: ${describe(strayed)}`,
      );
      if (method.auth?.kind !== 'internal') continue;
      const nobody = await line.call(path, bytes, {});
      tally.refusal(
        nobody.code === 'PERMISSION_DENIED',
        () => `nobody calls ${method.fullName}: ${describe(nobody)}`,
      );
    }
    line.close();
  }
  return tally;
}
