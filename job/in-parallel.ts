/** Runs asynchronous work on many items: a limited number at a time, or one after the other. */

/** Requests in progress at a time: as many as there are connections to the API server. */
const MAX_PARALLEL = 16;

/**
 * Runs `work` on every item, at most `limit` at a time, and gives the results in their order. Thousands of targets must not become thousands
 * of requests at once.
 */
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

/** Runs the given work one at a time, in the order of the calls. A failure belongs to its own call, and the next one runs. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** A new queue of turns. */
export function takeTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}

/** Lets other work run first: what has arrived from the network, and timers that are due. */
export function yieldToOthers(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
