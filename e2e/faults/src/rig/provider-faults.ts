import { providerKey, readPlatform } from '../../../support/platform.ts';

/** A fault of the simulated payment provider, as its administration takes it. */
export interface ProviderFault {
  readonly kind:
    | 'decline'
    | 'delay'
    | 'drop_reply'
    | 'fail'
    | 'duplicate_webhooks'
    | 'hold_webhooks'
    | 'early_webhooks'
    | 'shuffle_webhooks';
  readonly operation?: 'authorize' | 'capture' | 'cancel' | 'refund';
  readonly times?: number;
  readonly delay_ms?: number;
  readonly copies?: number;
}

/** Has faults strike the provider while `work` is done; none is left behind. */
export async function whileProviderFails<T>(
  faults: readonly ProviderFault[],
  work: () => Promise<T>,
): Promise<T> {
  for (const fault of faults) await askProvider('POST', '/admin/faults', fault);
  try {
    return await work();
  } finally {
    await askProvider('DELETE', '/admin/faults');
  }
}

/** Calls the provider's own API. */
export async function askProvider(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${readPlatform().simulators['payment-provider'] ?? ''}${path}`, {
    method,
    headers: { authorization: `Bearer ${providerKey()}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
