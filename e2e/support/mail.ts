import { z } from 'zod';
import { readPlatform } from './platform.ts';

const messages = z.object({
  messages: z.array(z.object({ to: z.array(z.string()), subject: z.string(), text: z.string() })),
});

/** A mail that arrived in the sink. */
export type Mail = z.infer<typeof messages>['messages'][number];

/** The mails that arrived for an address. */
export async function mailsTo(address: string): Promise<Mail[]> {
  const sink = readPlatform().simulators['mail-sink'];
  const reply = await fetch(`${sink ?? ''}/messages?to=${encodeURIComponent(address)}`);
  return messages.parse(await reply.json()).messages;
}
