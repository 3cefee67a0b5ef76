import { z } from 'zod';

/** Operations that faults can hit. */
const operation = z.enum([
  'authorize',
  'capture',
  'cancel',
  'refund',
  'attach',
  'detach',
  'dispute',
  'challenge',
]);

/** An operation's name. */
export type Operation = z.infer<typeof operation>;

/** A fault to inject, as the administration endpoint takes it. */
export const fault = z.object({
  /**
   * `decline`: an authorisation is declined with `decline_code`. `delay`: the reply comes `delay_ms` late.
   * `drop_reply`: the operation succeeds and the connection is closed without a reply. `fail`: nothing is done, reply 500.
   * `duplicate_webhooks`: events are sent `copies` times. `hold_webhooks`: events wait `delay_ms` before they are sent.
   * `early_webhooks`: events are sent, and answered, before the reply of their operation. `shuffle_webhooks`: events wait
   * until `copies` have come, and go out in the reverse order.
   */
  kind: z.enum([
    'decline',
    'delay',
    'drop_reply',
    'fail',
    'duplicate_webhooks',
    'hold_webhooks',
    'early_webhooks',
    'shuffle_webhooks',
  ]),
  /** Which operation; any if left out. Ignored for webhooks. */
  operation: operation.optional(),
  /** How often it strikes. */
  times: z.number().int().positive().max(1_000_000).default(1),
  delay_ms: z.number().int().min(0).max(600_000).default(1_000),
  decline_code: z.string().max(64).default('generic_decline'),
  copies: z.number().int().min(2).max(100).default(2),
});

/** A fault. */
export type Fault = z.infer<typeof fault>;

/** The faults that wait to strike. */
export class Faults {
  private waiting: Fault[] = [];

  /** What waits. */
  list(): readonly Fault[] {
    return this.waiting;
  }

  add(added: Fault): void {
    this.waiting.push(added);
  }

  clear(): void {
    this.waiting = [];
  }

  /** Takes one strike of a kind of fault, if one waits for the operation. */
  strike(kind: Fault['kind'], on?: Operation): Fault | undefined {
    const index = this.waiting.findIndex(
      (it) => it.kind === kind && (it.operation === undefined || it.operation === on),
    );
    const hit = this.waiting[index];
    if (hit === undefined) return undefined;
    if (hit.times === 1) this.waiting.splice(index, 1);
    else this.waiting[index] = { ...hit, times: hit.times - 1 };
    return hit;
  }
}
