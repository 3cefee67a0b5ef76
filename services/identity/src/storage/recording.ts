import type { TokenLife } from './end-tokens.ts';

/** How stores write the record of a change and the access tokens it ends. */
export interface Recording extends TokenLife {
  readonly auditHash: (text: string) => string;
  /** Told after a commit that ended access tokens. */
  readonly onEnded: () => void;
}
