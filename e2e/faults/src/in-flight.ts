/** Works through items with at most `limit` under way at a time; gives the results in the items' order. */
export async function mapInFlight<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  const workers = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (const [index, item] of queue) results.set(index, await work(item, index));
  });
  await Promise.all(workers);
  return [...results].sort(([left], [right]) => left - right).map(([, result]) => result);
}
