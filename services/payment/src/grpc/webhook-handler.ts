import type { ServiceImpl } from '@connectrpc/connect';
import type { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { invalid, notFound, unauthenticated } from '@souk/kernel';
import { receiveDispute } from '../app/chargebacks/chargebacks.ts';
import type { ChargebackPorts } from '../app/chargebacks/ports.ts';
import type { PaymentPorts } from '../app/ports.ts';
import { receiveProviderEvent } from '../app/receive-provider-event.ts';
import type { DisputeNews } from '../domain/chargeback.ts';
import type { ProviderEvent } from '../domain/provider-event.ts';

/** How a provider's webhook is read. */
export interface WebhookFormat {
  /** Header that carries the signature. */
  readonly signatureHeader: string;
  /** Whether a signature header is genuine and fresh. */
  isSigned(header: string, body: Uint8Array, now: Date): boolean;
  /** The event in a body; undefined if there is none. */
  parse(body: Uint8Array): ProviderEvent | undefined;
  /** The news of a dispute in a body; undefined if it is about something else. */
  parseDispute(body: Uint8Array): DisputeNews | undefined;
}

/** Takes a provider's event; the signature is checked before anything of the body is read. */
export function webhookHandler(
  ports: PaymentPorts,
  chargebacks: ChargebackPorts,
  format: WebhookFormat,
): ServiceImpl<typeof PaymentService>['handleProviderWebhook'] {
  return async ({ provider, body }, context) => {
    if (provider !== ports.provider.name)
      throw notFound('PROVIDER_NOT_FOUND', 'There is no such payment provider.', { field: 'provider' });
    const bytes = body?.data ?? new Uint8Array();
    const header = context.requestHeader.get(format.signatureHeader) ?? '';
    if (!format.isSigned(header, bytes, ports.clock.now()))
      throw unauthenticated('WEBHOOK_SIGNATURE_INVALID', 'The signature is missing, wrong or too old.');
    const dispute = format.parseDispute(bytes);
    if (dispute !== undefined) {
      await receiveDispute(chargebacks, dispute);
      return {};
    }
    const event = format.parse(bytes);
    if (event === undefined)
      throw invalid('WEBHOOK_BODY_INVALID', 'The body is not an event of this provider.', { field: 'body' });
    await receiveProviderEvent(ports, event);
    return {};
  };
}
