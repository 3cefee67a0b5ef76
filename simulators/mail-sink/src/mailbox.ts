import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const mailSchema = z.object({
  id: z.string(),
  receiveTime: z.string(),
  messageId: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  headers: z.record(z.string(), z.string()),
  text: z.string(),
  html: z.string(),
});

/** A mail as it was received. */
export type Mail = z.infer<typeof mailSchema>;

/** Keeps the newest mails. */
export interface Mailbox {
  /** Oldest first; those to one address, if given. */
  list(to?: string): Mail[];
  find(id: string): Mail | undefined;
  /** Keeps a mail and drops the oldest when the box is full. Two mails with one Message-ID are two mails. */
  add(mail: Omit<Mail, 'id'>): Promise<Mail>;
  clear(): Promise<void>;
}

/** Opens a mailbox, with what its folder holds from before. */
export async function openMailbox(capacity: number, folder: string | undefined): Promise<Mailbox> {
  const mails = new Map<string, Mail>();
  const fileOf = (id: string): string => join(folder ?? '', `${id}.json`);
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true });
    const files = (await readdir(folder)).filter((name) => /^\d{9}\.json$/.test(name)).sort();
    for (const name of files.slice(-capacity)) {
      const mail = mailSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
      mails.set(mail.id, mail);
    }
  }
  let counter = Number([...mails.keys()].at(-1) ?? 0);

  async function drop(id: string): Promise<void> {
    mails.delete(id);
    if (folder !== undefined) await rm(fileOf(id), { force: true });
  }

  return {
    list: (to) => [...mails.values()].filter((mail) => to === undefined || mail.to.includes(to)),
    find: (id) => mails.get(id),
    async add(received) {
      counter += 1;
      const mail = { ...received, id: String(counter).padStart(9, '0') };
      if (folder !== undefined) await writeFile(fileOf(mail.id), JSON.stringify(mail));
      mails.set(mail.id, mail);
      for (const id of mails.keys()) {
        if (mails.size <= capacity) break;
        await drop(id);
      }
      return mail;
    },
    async clear() {
      for (const id of [...mails.keys()]) await drop(id);
    },
  };
}
