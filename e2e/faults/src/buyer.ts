import { setTimeout as sleep } from 'node:timers/promises';
import { type Reply, rest } from '../../support/rest.ts';
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
  /** Base URL to call; the platform's edge unless given. */
  readonly base?: string;
}

/** Sends one order, again and again under its request id until what became of it is known. */
export async function checkOut(
  { buyerId, token, requestId, wanted }: Buyer,
  patience: Patience,
): Promise<BuyerFact> {
  const { withinMs, random, onCall, base } = patience;
  const until = Date.now() + withinMs;
  const calls: string[] = [];
  const body = orderOf({ requestId });
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    onCall();
    const answer = await answerTo(
      rest('POST', '/v1/orders', { token, body, ...(base === undefined ? {} : { base }) }),
    );
    calls.push(nameOf(answer));
    if (answer.kind !== 'unknown' || Date.now() >= until)
      return { buyerId, requestId, wanted, answer, calls };
    await sleep(pause * (0.5 + random()));
  }
}

/** An order to place. */
export interface Placing {
  readonly requestId: string;
  /** `pm_card_visa` unless given. */
  readonly paymentMethod?: string;
}

/** The request for an order of what is in the buyer's cart; the same as JSON and for a gRPC client. */
export function orderOf({ requestId, paymentMethod }: Placing): {
  requestId: string;
  cartId: string;
  email: string;
  shippingAddress: { regionCode: string; postalCode: string; locality: string; addressLines: string[] };
  paymentMethod: string;
} {
  return {
    requestId,
    cartId: 'current',
    email: 'faults@shop.example',
    shippingAddress: {
      regionCode: 'GB',
      postalCode: 'N1 9GU',
      locality: 'London',
      addressLines: ['1 Kettle Row'],
    },
    paymentMethod: paymentMethod ?? 'pm_card_visa',
  };
}

/** What a call lets its buyer know; one that broke off lets them know nothing. */
async function answerTo(call: Promise<Reply>): Promise<Answer> {
  try {
    return answerOf(await call);
  } catch (error) {
    return { kind: 'unknown', last: error instanceof Error ? error.message : String(error) };
  }
}
