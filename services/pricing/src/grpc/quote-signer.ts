import { toBinary } from '@bufbuild/protobuf';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { type Quote, QuoteSchema } from '@souk/gen/souk/pricing/v1/quote_pb';
import type { MeshIdentity } from '@souk/rpc';

/** The service that checks quotes. */
const AUDIENCE = 'order';

/** Signs a quote as the contract of `Quote` describes. */
export async function signQuote(mesh: Pick<MeshIdentity, 'sign'>, quote: Quote, now: Date): Promise<string> {
  const expiresAt = quote.expireTime === undefined ? now.getTime() : timestampMs(quote.expireTime);
  const ttlS = Math.ceil((expiresAt - now.getTime()) / 1_000);
  const payload = { quote: Buffer.from(toBinary(QuoteSchema, quote)).toString('base64url') };
  return mesh.sign(payload, AUDIENCE, ttlS);
}
