import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bank, type Change, type Outcome, Refusal } from './bank.ts';
import type { Config } from './config.ts';
import { Faults, type Operation } from './faults.ts';
import { openJournal } from './journal.ts';
import type { Reply } from './objects.ts';
import { webhookSender } from './webhooks.ts';

/** The connection is to be closed without a reply. */
export class ReplyDropped extends Error {}

/** The provider without its HTTP face. */
export interface Provider {
  readonly bank: Bank;
  readonly faults: Faults;
  /** Runs an operation once per key and answers when it is durable; a repeated key gets the first answer. */
  run(
    operation: Operation,
    request: KeyedRequest,
    work: (declineWith: string | undefined) => Outcome,
  ): Promise<Reply>;
  close(): Promise<void>;
}

/** A request with its idempotency key. */
interface KeyedRequest {
  readonly key: string | undefined;
  /** Path and body; the same key with another content is refused. */
  readonly content: string;
}

/** Opens the journal, sends what was not delivered before, and is ready. */
export async function openProvider(config: Config): Promise<Provider> {
  const bank = new Bank();
  const faults = new Faults();
  // The journal holds only what this program wrote.
  const journal = await openJournal(join(config.dataFolder, 'journal.jsonl'), (line) => {
    bank.apply(line as Change);
  });
  const webhooks = webhookSender(config.webhook, faults, (delivered) => {
    bank.apply({ delivered });
    journal.append({ delivered }).catch(() => undefined);
  });
  for (const event of bank.undelivered.values()) webhooks.send(event);

  async function run(
    operation: Operation,
    { key, content }: KeyedRequest,
    work: (declineWith: string | undefined) => Outcome,
  ): Promise<Reply> {
    const fingerprint = createHash('sha256').update(content).digest('hex');
    const before = key === undefined ? undefined : bank.replies.get(key);
    if (before !== undefined) {
      if (before.fingerprint !== fingerprint)
        throw new Refusal(400, { type: 'idempotency_error', code: 'key_reused' });
      return before.reply;
    }
    if (faults.strike('fail', operation) !== undefined)
      throw new Refusal(500, { type: 'api_error', code: 'injected_fault' });
    const { change, reply } = work(faults.strike('decline', operation)?.decline_code);
    const kept = key === undefined ? change : { ...change, kept: { key, fingerprint, reply } };
    bank.apply(kept);
    await journal.append(kept);
    if (change.event !== undefined) {
      if (faults.strike('early_webhooks', operation) === undefined) webhooks.send(change.event);
      else await webhooks.sendNow(change.event);
    }
    const late = faults.strike('delay', operation);
    if (late !== undefined) await sleep(late.delay_ms);
    if (faults.strike('drop_reply', operation) !== undefined) throw new ReplyDropped();
    return reply;
  }

  return {
    bank,
    faults,
    run,
    async close() {
      await webhooks.close();
      await journal.close();
    },
  };
}
