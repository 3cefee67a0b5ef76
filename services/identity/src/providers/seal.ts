import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts what must not be read from a copy of the database: AES-256-GCM. */
export interface Seal {
  /** `context` binds the text to its place: it opens only with the same one. */
  close(plain: string, context: string): Buffer;
  /** @throws when the secret is another, or the text was changed or moved. */
  open(sealed: Buffer, context: string): string;
}

/** A seal under a 256-bit key, given in hex. */
export function sealUnder(hexKey: string): Seal {
  const key = Buffer.from(hexKey, 'hex');
  return {
    close(plain, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      const iv = sealed.subarray(0, IV_BYTES);
      const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context)).setAuthTag(tag);
      const body = decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES));
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    },
  };
}
