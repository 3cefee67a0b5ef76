/** A published key that signs access tokens, without its private half. */
export interface SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly id: string;
  readonly createTime: Date;
  /** When it starts to sign. */
  readonly activateTime: Date;
  /** When it is withdrawn; `undefined` for the newest. */
  readonly expireTime: Date | undefined;
}

/** How keys overlap, in milliseconds. */
export interface Overlap {
  /** From publishing a key to signing with it: longer than anybody keeps a key set without asking again. */
  readonly beforeUseMs: number;
  /** From the last signature to withdrawing a key: longer than the tokens it signed live. */
  readonly afterUseMs: number;
}

/** The key that signs now: the youngest whose time has come. */
export function signingKeyAt<Key extends SigningKey>(keys: readonly Key[], now: Date): Key | undefined {
  return keys
    .filter(({ activateTime }) => activateTime <= now)
    .reduce<Key | undefined>(
      (best, key) => (best === undefined || key.activateTime > best.activateTime ? key : best),
      undefined,
    );
}

/** When the next key starts to sign, and when the ones before are withdrawn. */
export function planRotation(
  now: Date,
  overlap: Overlap,
): { activateTime: Date; predecessorsExpireTime: Date } {
  const activateTime = new Date(now.getTime() + overlap.beforeUseMs);
  return {
    activateTime,
    predecessorsExpireTime: new Date(activateTime.getTime() + overlap.afterUseMs),
  };
}
