import { DomainError } from '@souk/kernel';
import type { MeshIdentity } from '@souk/rpc';
import type { BackdatingGrants } from '../app/ports.ts';

const ISSUER = 'order';
/** Keeps grants apart from everything else that the service signs. */
const AUDIENCE = 'order:backdating';

/** Grants signed by the order service's own key: compact JWS with `earliest` and `latest` in milliseconds. */
export function meshBackdatingGrants(mesh: Pick<MeshIdentity, 'sign' | 'verify'>): BackdatingGrants {
  return {
    issue: ({ earliest, latest }, ttlS) =>
      mesh.sign({ earliest: earliest.getTime(), latest: latest.getTime() }, AUDIENCE, ttlS),
    async read(token) {
      try {
        const { earliest, latest } = await mesh.verify(token, ISSUER, AUDIENCE);
        if (typeof earliest !== 'number' || typeof latest !== 'number') return undefined;
        return { earliest: new Date(earliest), latest: new Date(latest) };
      } catch (error) {
        if (error instanceof DomainError && error.kind === 'unauthenticated') return undefined;
        throw error;
      }
    },
  };
}
