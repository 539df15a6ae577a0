/** Counts the turns of the event loop while work is done: what it does in one of them keeps all others waiting. */

/** Does the work, which may ask for the number of the present turn. Gives its result and how many turns it took. */
export async function turnsDuring<T>(
  work: (turn: () => number) => Promise<T>,
): Promise<{ readonly result: T; readonly turns: number }> {
  let turns = 0;
  let over = false;
  const count = () => {
    turns += 1;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  try {
    const result = await work(() => turns);
    return { result, turns };
  } finally {
    over = true;
  }
}

/** Lets so many turns pass: what waits for no clock gets on meanwhile, and no busy machine makes them fewer. */
export async function turnsPass(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}

/** How often the most frequent value is there: the most that was done in one turn. */
export function mostInATurn(turns: readonly number[]): number {
  return Math.max(...[...Map.groupBy(turns, (turn) => turn).values()].map((all) => all.length));
}
