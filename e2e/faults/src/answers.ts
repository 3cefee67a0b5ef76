import { z } from 'zod';
import type { Reply } from '../../support/rest.ts';
import { errorOf } from '../../support/rest.ts';
import type { Answer } from './facts/facts.ts';

const placed = z.object({
  orderId: z.string(),
  state: z.string(),
  paymentState: z.string(),
  totals: z.object({ total: z.object({ units: z.coerce.bigint(), nanos: z.number().default(0) }) }),
});
const errorInfo = z.object({ reason: z.string(), metadata: z.record(z.string(), z.string()).default({}) });

/** HTTP statuses after which nothing is known: the call may have worked, or may work when sent again. */
const LEAVES_OPEN = new Set([408, 409, 429]);
const NANOS_PER_PENNY = 10_000_000;

/** What a reply to PlaceOrder lets its buyer know. */
export function answerOf(reply: Reply): Answer {
  if (reply.status === 200) return fromOrder(placed.parse(reply.json()));
  if (reply.status >= 500 || LEAVES_OPEN.has(reply.status))
    return { kind: 'unknown', last: `${reply.status} ${reasonIn(reply)?.reason ?? ''}`.trim() };
  const info = reasonIn(reply);
  return {
    kind: 'refused',
    reason: info?.reason ?? `HTTP ${reply.status}`,
    orderId: info?.metadata['order_id'],
  };
}

/** A name for an answer, to count by. */
export function nameOf(answer: Answer): string {
  switch (answer.kind) {
    case 'ok':
      return 'ok';
    case 'refused':
      return `refused ${answer.reason}`;
    case 'unknown':
      return `unknown: ${answer.last}`;
  }
}

function fromOrder({ orderId, state, paymentState, totals }: z.infer<typeof placed>): Answer {
  if (state !== 'ORDER_STATE_CONFIRMED' || paymentState !== 'PAYMENT_STATE_CAPTURED')
    return { kind: 'unknown', last: `200 ${state} ${paymentState}` };
  const { units, nanos } = totals.total;
  return { kind: 'ok', orderId, total: units * 100n + BigInt(nanos / NANOS_PER_PENNY) };
}

function reasonIn(reply: Reply): z.infer<typeof errorInfo> | undefined {
  try {
    const details = errorOf(reply).details.map((detail) => errorInfo.safeParse(detail));
    return details.find(({ success }) => success)?.data;
  } catch {
    // Not one of our errors: a proxy's, or none at all.
    return undefined;
  }
}
