import { type Code, ConnectError } from '@connectrpc/connect';
import { errorInfoOf } from '@souk/rpc';

/** What a call was refused with. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ code: Code; reason: string; metadata: object }> {
  try {
    await call;
  } catch (error) {
    const info = errorInfoOf(error);
    if (error instanceof ConnectError && info)
      return { code: error.code, reason: info.reason, metadata: info.metadata };
    throw error;
  }
  throw new Error('expected a refusal');
}
