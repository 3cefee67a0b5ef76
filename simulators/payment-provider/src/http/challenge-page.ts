import { Refusal } from '../bank.ts';
import type { PaymentIntent, Reply } from '../objects.ts';
import type { Provider } from '../provider.ts';

/** Where payers meet challenges. Whoever was given the address is the payer: nobody else knows the payment's id. */
export const CHALLENGE_PATH = '/challenges/';

/** What a payer is asked, as their bank would ask it. */
export function showChallenge({ bank }: Provider, id: string): Reply {
  const intent = bank.intents.get(id);
  if (intent === undefined) return page(404, '<p>There is no such payment.</p>');
  if (intent.status !== 'requires_action') return page(200, ANSWERED);
  return page(
    200,
    `<p>A shop asks for <strong>${amountOf(intent)}</strong>. Is that you?</p>
<form method="post">
<button name="outcome" value="pass">Yes, pay</button>
<button name="outcome" value="fail">No</button>
</form>`,
  );
}

/** Takes the payer's answer. The first one counts. */
export async function answerChallenge(provider: Provider, id: string, body: string): Promise<Reply> {
  const outcome = new URLSearchParams(body).get('outcome');
  if (outcome !== 'pass' && outcome !== 'fail') return { ...showChallenge(provider, id), status: 400 };
  try {
    await provider.run('challenge', { key: undefined, content: '' }, () =>
      provider.bank.answerChallenge(id, outcome === 'pass'),
    );
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) return showChallenge(provider, id);
    throw error;
  }
  return page(200, ANSWERED);
}

const ANSWERED = '<p>Thank you. This payment waits for you no longer; you can go back to the shop.</p>';

function amountOf({ amount, currency }: PaymentIntent): string {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
  return format.format(amount / 10 ** digits);
}

function page(status: number, content: string): Reply {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Simulated bank</title>
<h1>Simulated bank</h1>
${content}
</html>
`;
  return { status, body: {}, html };
}
