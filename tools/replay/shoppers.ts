import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import type { Tokens } from '@souk/gen/souk/identity/v1/tokens_pb';
import type { Edge } from '../sample-data/edge.ts';

/** Somebody who can act at the edge. */
export interface Shopper {
  readonly email: string;
  /** An access token that is good for a while. */
  readonly token: () => Promise<string>;
}

/** A token is renewed when it has less than this left, in milliseconds. */
const SPARE_MS = 120_000;

/** Signs in the people of the invoices: customers as accounts, everybody else as a new guest per invoice. */
export class Shoppers {
  private readonly edge: Edge;
  private readonly known = new Map<string, Promise<Shopper>>();

  constructor(edge: Edge) {
    this.edge = edge;
  }

  /** The account of a customer, registered when it is met first. */
  async customer(customerId: string): Promise<Shopper> {
    const known = this.known.get(customerId) ?? this.register(customerId);
    this.known.set(customerId, known);
    return known;
  }

  /** A guest of their own. */
  async guest(invoiceNo: string): Promise<Shopper> {
    const { tokens } = await this.edge.client(IdentityService).createGuest({});
    return this.shopper(`guest-${invoiceNo.toLowerCase()}@online-retail.example`, tokens);
  }

  /** An existing account. */
  async login(email: string, password: string): Promise<Shopper> {
    const { tokens } = await this.edge.client(IdentityService).login({ email, password });
    return this.shopper(email, tokens);
  }

  private async register(customerId: string): Promise<Shopper> {
    const email = `customer-${customerId}@online-retail.example`;
    // Registering again with the same password signs in: a second replay meets the customers of the first.
    const { tokens } = await this.edge.client(IdentityService).register({
      email,
      password: `online-retail-customer-${customerId}`,
      displayName: `Customer ${customerId}`,
    });
    return this.shopper(email, tokens);
  }

  private shopper(email: string, first: Tokens | undefined): Shopper {
    let current = Promise.resolve(first);
    const renew = async (before: Tokens | undefined): Promise<Tokens | undefined> => {
      const left = Number(before?.accessExpireTime?.seconds ?? 0n) * 1_000 - Date.now();
      if (left > SPARE_MS) return before;
      const identity = this.edge.client(IdentityService);
      return (await identity.refreshToken({ refreshToken: before?.refreshToken ?? '' })).tokens;
    };
    return {
      email,
      // One after the other: a refresh token works once.
      token: async () => {
        current = current.then(renew);
        return (await current)?.accessToken ?? '';
      },
    };
  }
}
