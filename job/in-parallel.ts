/** Runs work on many items: a limited number at a time, one after the other, or in turns of the event loop between which others get theirs. */

/** Requests in progress at a time: as many as there are connections to the API server. */
const MAX_PARALLEL = 16;

/** Items that are begun in one turn of the event loop, where they need not wait: settings of 100 found workloads take 5 ms. */
const MAX_IN_TURN = 100;

/**
 * Runs `work` on every item, at most `limit` at a time, and gives the results in their order. Thousands of targets must not become thousands
 * of requests at once. Nor one long turn of the event loop, where nothing has to be waited for: others get theirs after each MAX_IN_TURN.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T, i: number) => Promise<R>,
  limit = MAX_PARALLEL,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  let turn: Promise<void> | null = null;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) {
      if (i > 0 && i % MAX_IN_TURN === 0) turn = yieldToOthers();
      if (turn !== null) await turn;
      results[i] = await work(items[i]!, i);
    }
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

let lastTurn: Promise<void> = Promise.resolve();

/**
 * Resolves in a turn of the event loop that no other caller gets: for work that takes 10 ms or more without waiting, such as parsing megabytes.
 * Of several answers that arrive together, each is parsed in a turn of its own.
 */
export function ownTurn(): Promise<void> {
  lastTurn = lastTurn.then(yieldToOthers);
  return lastTurn;
}
