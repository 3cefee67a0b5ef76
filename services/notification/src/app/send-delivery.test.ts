import { describe, expect, it } from '@jest/globals';
import { ask, type Delivery, type Failure } from '../domain/delivery.ts';
import type { Contact, NotificationPorts } from './ports.ts';
import { sendDelivery, withoutAddresses } from './send-delivery.ts';

const CONTACT: Contact = { address: 'ada@private.example', name: 'Ada Lovelace', locale: 'en' };
const NEVER = new AbortController().signal;

interface Rig {
  readonly ports: NotificationPorts;
  readonly stored: () => Delivery;
  readonly sent: string[];
  readonly logged: string[];
}

function rig({ failure, failingSaves = 0 }: { failure?: Failure | Error; failingSaves?: number } = {}): Rig {
  let stored = ask(
    {
      id: 'd',
      eventId: 'e',
      eventType: 't',
      event: new Uint8Array(),
      template: 'welcome',
      recipient: { kind: 'account', id: 'a' },
      channel: 'email',
    },
    new Date(0),
  );
  let savesToFail = failingSaves;
  const sent: string[] = [];
  const logged: string[] = [];
  const log = (fields: object, message: string): void => {
    logged.push(JSON.stringify({ ...fields, message }));
  };
  return {
    stored: () => stored,
    sent,
    logged,
    ports: {
      deliveries: {
        idOf: () => 'd',
        find: async () => stored,
        list: async () => [],
        add: async () => undefined,
        async save(next) {
          if (next.state !== 'sending' && savesToFail > 0) {
            savesToFail -= 1;
            throw new Error('the store is away');
          }
          if (next.version !== stored.version + 1) return false;
          stored = next;
          return true;
        },
      },
      contacts: { find: async () => CONTACT },
      secrets: { find: async () => undefined },
      writer: { write: () => ({ subject: 's', text: 't', html: 'h' }) },
      mail: {
        async send(deliveryId) {
          sent.push(deliveryId);
          if (failure instanceof Error) throw failure;
          return failure;
        },
      },
      contentOf: () => ({ template: 'welcome' }),
      clock: { now: () => new Date() },
      log: { debug: log, info: log, warn: log, error: log },
    },
  };
}

describe('sending', () => {
  it('sends once, however often the task comes', async () => {
    const { ports, sent, stored } = rig();
    for (let time = 0; time < 3; time++) await sendDelivery(ports, 'd', 0, NEVER);
    expect(sent).toEqual(['d']);
    expect(stored()).toMatchObject({ state: 'sent', address: CONTACT.address });
  });

  it('sends once when two workers hold the task', async () => {
    const { ports, sent } = rig();
    const outcomes = await Promise.allSettled([
      sendDelivery(ports, 'd', 0, NEVER),
      sendDelivery(ports, 'd', 0, NEVER),
    ]);
    expect(sent).toEqual(['d']);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('insists on recording what was accepted', async () => {
    const { ports, sent, stored } = rig({ failingSaves: 2 });
    await sendDelivery(ports, 'd', 0, NEVER);
    expect(sent).toHaveLength(1);
    expect(stored().state).toBe('sent');
  });

  it('takes a fault of its own for something to try again', async () => {
    const { ports, stored } = rig({ failure: new Error('template broken for ada@private.example') });
    await sendDelivery(ports, 'd', 0, NEVER);
    expect(stored()).toMatchObject({
      state: 'pending',
      attempts: [{ error: 'template broken for <address>' }],
    });
  });

  it('logs nothing personal', async () => {
    for (const failure of [undefined, new Error(`no ${CONTACT.address}`)]) {
      const { ports, logged } = rig(failure === undefined ? {} : { failure });
      await sendDelivery(ports, 'd', 0, NEVER);
      expect(logged).toHaveLength(1);
      expect(logged.join()).not.toMatch(/private\.example|Lovelace/);
    }
  });
});

describe('withoutAddresses', () => {
  it('blots addresses out of what a mail server says', () => {
    expect(withoutAddresses('550 5.1.1 <Ada.L+x@mail.example>:\r\n unknown, see a@b.c')).toBe(
      '550 5.1.1 <<address>>: unknown, see <address>',
    );
  });
});
