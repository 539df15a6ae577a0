/** Works on many things, a few at a time. */

/** Requests to the API server at a time. */
const AT_ONCE = 16;

/** The results of `work` on every item, in their order, at most `most` of them under way at a time: thousands of targets must not be thousands of requests at once. */
export async function eachAtOnce<T, R>(
  items: readonly T[],
  work: (item: T, i: number) => Promise<R>,
  most = AT_ONCE,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!, i);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
