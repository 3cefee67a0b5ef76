import { setTimeout as sleep } from 'node:timers/promises';
import { rest } from '../../support/rest.ts';
import { answerOf, nameOf } from './answers.ts';
import type { Answer, BuyerFact } from './facts/facts.ts';
import type { Random } from './random.ts';
import type { Buyer } from './scene.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_500;

/** How a buyer goes about it. */
export interface Patience {
  /** After how long they stop asking and count as unanswered. */
  readonly withinMs: number;
  readonly random: Random;
  /** Told of each call before it is sent. */
  readonly onCall: () => void;
}

/** Sends one order, again and again under its request id until what became of it is known. */
export async function checkOut({ buyerId, token, requestId }: Buyer, patience: Patience): Promise<BuyerFact> {
  const { withinMs, random, onCall } = patience;
  const until = Date.now() + withinMs;
  const calls: string[] = [];
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    onCall();
    const answer = await placeOrder(token, requestId);
    calls.push(nameOf(answer));
    if (answer.kind !== 'unknown' || Date.now() >= until) return { buyerId, requestId, answer, calls };
    await sleep(pause * (0.5 + random()));
  }
}

async function placeOrder(token: string, requestId: string): Promise<Answer> {
  const body = {
    requestId,
    cartId: 'current',
    email: 'faults@shop.example',
    shippingAddress: {
      regionCode: 'GB',
      postalCode: 'N1 9GU',
      locality: 'London',
      addressLines: ['1 Kettle Row'],
    },
    paymentMethod: 'pm_card_visa',
  };
  try {
    return answerOf(await rest('POST', '/v1/orders', { token, body }));
  } catch (error) {
    return { kind: 'unknown', last: error instanceof Error ? error.message : String(error) };
  }
}
