import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { clone, type DescMessage, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { invalid } from '@souk/kernel';

const MAC_BYTES = 16;

/** A hash of a list request's arguments without its paging fields: a page token is good only for the same arguments. */
export function fingerprintOf<Desc extends DescMessage>(schema: Desc, request: MessageShape<Desc>): string {
  const copy = clone(schema, request);
  for (const name of ['pageToken', 'pageSize']) {
    if (schema.field[name] !== undefined) Reflect.set(copy, name, name === 'pageToken' ? '' : 0);
  }
  return createHash('sha256').update(toBinary(schema, copy)).digest('base64url');
}

/** Signed keyset cursors: clients cannot make or change one, nor use it with other arguments. */
export class PageTokens {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** A token for the page after `cursor` (the sort key of the last row, as JSON-able strings). */
  encode(cursor: readonly string[], fingerprint: string): string {
    const body = Buffer.from(JSON.stringify(cursor));
    return Buffer.concat([this.#mac(body, fingerprint), body]).toString('base64url');
  }

  /**
   * The cursor of a token; undefined for an empty token (the first page).
   *
   * @throws DomainError PAGE_TOKEN_INVALID when it was not made here for these arguments.
   */
  decode(token: string, fingerprint: string): readonly string[] | undefined {
    if (token === '') return undefined;
    const bytes = Buffer.from(token, 'base64url');
    const body = bytes.subarray(MAC_BYTES);
    if (
      bytes.length <= MAC_BYTES ||
      !timingSafeEqual(bytes.subarray(0, MAC_BYTES), this.#mac(body, fingerprint))
    ) {
      throw invalid('PAGE_TOKEN_INVALID', 'The page token is malformed or belongs to other arguments.', {
        field: 'page_token',
      });
    }
    const cursor: unknown = JSON.parse(body.toString());
    if (!Array.isArray(cursor)) throw new TypeError('a signed page token holds no cursor');
    return cursor.map(String);
  }

  #mac(body: Buffer, fingerprint: string): Buffer {
    return createHmac('sha256', this.#secret)
      .update(fingerprint)
      .update(body)
      .digest()
      .subarray(0, MAC_BYTES);
  }
}

/** The number of rows a list call gets: the default for 0, at most the cap. Negative sizes are refused by validation. */
export function pageSizeOf(requested: number, fallback: number, cap: number): number {
  return requested === 0 ? fallback : Math.min(requested, cap);
}
