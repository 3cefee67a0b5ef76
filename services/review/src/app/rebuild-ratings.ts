import type { ReviewPorts } from './ports.ts';
import { settleBatch } from './settle-ratings.ts';

const PAGE = 500;
const ATTEMPTS = 5;
const MOST_NAMED = 1_000;

/** What counting all reviews anew found. */
export interface Rebuilt {
  readonly compared: number;
  /** Products whose summary was wrong; at most 1,000 are named. */
  readonly differing: readonly string[];
  /** Products whose reviews changed all the while; at most 1,000 are named. */
  readonly skipped: readonly string[];
}

/** Counts the reviews of every product anew and, if told to, puts right the summaries that differ. */
export async function rebuildRatings(ports: ReviewPorts, mend: boolean): Promise<Rebuilt> {
  const found = { same: 0, differs: [] as string[], busy: [] as string[] };
  let page: string[] = [];
  do {
    page = await ports.reviews.reviewedProducts(page.at(-1) ?? '', PAGE);
    for (const productId of page) {
      const result = await recount(ports, productId, mend);
      if (result === 'same') found.same += 1;
      else found[result].push(productId);
    }
  } while (page.length === PAGE);
  return {
    compared: found.same + found.differs.length,
    differing: found.differs.slice(0, MOST_NAMED),
    skipped: found.busy.slice(0, MOST_NAMED),
  };
}

async function recount(
  ports: ReviewPorts,
  productId: string,
  mend: boolean,
): Promise<'same' | 'differs' | 'busy'> {
  for (let attempt = 1; ; attempt++) {
    const result = await ports.ratings.recount(productId, mend);
    if (result !== 'busy' || attempt === ATTEMPTS) return result;
    await settleBatch(ports, ports.clock.now());
  }
}
