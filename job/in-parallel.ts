/** Asynchronous work on many things: a bounded number of them at a time, or one after the other, with room for others in between. */

/** Requests under way at a time: as many as there are connections to the API server. */
const MAX_PARALLEL = 16;

/** The results of `work` on every item, in their order, at most `limit` of them under way at a time: thousands of targets must not be thousands of requests at once. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T, i: number) => Promise<R>,
  limit = MAX_PARALLEL,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!, i);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/** Runs what it is given one at a time, in the order in which it was given; a failure is its own and the next goes on. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** Turns of their own. */
export function takeTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}

/** Lets whatever has come from the network and every timer that is due go first. */
export function yieldToOthers(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
