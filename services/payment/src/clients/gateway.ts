import Stripe from 'stripe';
import type { DisputeDesk } from '../app/chargebacks/ports.ts';
import type { CardVault } from '../app/methods/ports.ts';
import type { PaymentProvider } from '../app/ports.ts';
import type { DisputeNews } from '../domain/chargeback.ts';
import type { ProviderEvent } from '../domain/provider-event.ts';
import type { ProviderAccess } from './provider-connection.ts';
import { parseDispute, simulatorDisputes } from './simulator-disputes.ts';
import { parseEvent } from './simulator-objects.ts';
import { simulatorProvider } from './simulator-provider.ts';
import { simulatorVault } from './simulator-vault.ts';
import { stripeProvider } from './stripe-provider.ts';
import { stripeDisputes, stripeVault } from './stripe-vault.ts';
import { disputeNewsOf, paymentEventOf, verifiedEvent } from './stripe-webhook.ts';
import { isSignedBy } from './webhook-signature.ts';

/** A provider's webhook: where its signature is, and what its body says. */
export interface GatewayWebhook {
  readonly signatureHeader: string;
  /** Whether a signature is genuine and fresh. */
  isSigned(header: string, body: Uint8Array, now: Date): boolean;
  /** The event in a body whose signature is genuine; undefined if there is none. */
  parse(body: Uint8Array): ProviderEvent | undefined;
  /** The news of a dispute in such a body; undefined if it is about something else. */
  parseDispute(body: Uint8Array): DisputeNews | undefined;
}

/** Everything that one payment provider does for us. */
export interface Gateway {
  readonly provider: PaymentProvider;
  readonly vault: CardVault;
  readonly desk: DisputeDesk;
  readonly webhook: GatewayWebhook;
}

/** The simulated provider. `publicUrl` is where payers reach it. */
export function simulatorGateway(access: ProviderAccess, webhookSecret: string, publicUrl: string): Gateway {
  return {
    provider: simulatorProvider(access, publicUrl),
    vault: simulatorVault(access),
    desk: simulatorDisputes(access),
    webhook: {
      signatureHeader: 'souk-provider-signature',
      isSigned: (header, body, now) => isSignedBy(webhookSecret, header, body, now),
      parse: parseEvent,
      parseDispute,
    },
  };
}

/** Stripe through its own SDK. `url` is for a stand-in of its interface; `returnUrl` is where payers come back to. */
export function stripeGateway(access: ProviderAccess, webhookSecret: string, returnUrl: string): Gateway {
  const { protocol, hostname, port } = new URL(access.url);
  const isTls = protocol === 'https:';
  const stripe = new Stripe(access.apiKey, {
    host: hostname,
    port: port === '' ? (isTls ? 443 : 80) : port,
    protocol: isTls ? 'https' : 'http',
    timeout: access.timeoutMs,
    // Its retries keep the idempotency key.
    maxNetworkRetries: 1,
    telemetry: false,
    appInfo: { name: 'Souk' },
  });
  const read = (body: Uint8Array): Stripe.Event => JSON.parse(new TextDecoder().decode(body)) as Stripe.Event;
  return {
    provider: stripeProvider(stripe, returnUrl),
    vault: stripeVault(stripe),
    desk: stripeDisputes(stripe),
    webhook: {
      signatureHeader: 'stripe-signature',
      isSigned: (header, body, now) => verifiedEvent(webhookSecret, header, body, now) !== undefined,
      // Read again after the signature was verified: the body is Stripe's own then.
      parse: (body) => paymentEventOf(read(body)),
      parseDispute: (body) => disputeNewsOf(read(body)),
    },
  };
}
