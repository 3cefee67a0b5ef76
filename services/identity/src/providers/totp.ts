import { createHmac, randomInt } from 'node:crypto';
import { generateSecret, generateURI, verify } from 'otplib';

/** Codes of the step before are taken too: clocks differ, and people are slow. */
const TOLERANCE_S = 30;
// Without letters and digits that are taken for one another: 49 bits in ten characters.
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const CODE_LENGTH = 10;

/** Time-based codes (RFC 6238) and recovery codes. */
export interface Totp {
  newSecret(): string;
  uri(secret: string, label: string): string;
  /** The time step that a code is of; `undefined` when it is of none. */
  stepOf(secret: string, code: string): Promise<number | undefined>;
  newRecoveryCode(): string;
  hashOf(accountId: string, recoveryCode: string): Buffer;
}

/** @param key of the hashes of recovery codes. @param shop name that apps show. */
export function totp(key: string, shop: string): Totp {
  return {
    newSecret: () => generateSecret(),
    uri: (secret, label) => generateURI({ issuer: shop, label, secret }),
    async stepOf(secret, code) {
      if (!/^\d{6}$/.test(code)) return undefined;
      const result = await verify({ secret, token: code, epochTolerance: TOLERANCE_S });
      return result.valid && 'timeStep' in result ? result.timeStep : undefined;
    },
    newRecoveryCode: () =>
      Array.from({ length: CODE_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join(''),
    hashOf: (accountId, code) =>
      createHmac('sha256', key)
        .update(`${accountId} ${code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`)
        .digest(),
  };
}
