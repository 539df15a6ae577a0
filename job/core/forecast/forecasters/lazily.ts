/** Objects whose fields are computed when first read: a run that draws no picture pays for no band. */

/** An object with these fields, each computed once. They are enumerable, so copies and JSON contain all of them. */
export function lazily<T extends object>(makers: { readonly [K in keyof T]: () => T[K] }): T {
  const out = {} as T;
  for (const key of Object.keys(makers) as (keyof T)[])
    Object.defineProperty(out, key, { enumerable: true, get: once(makers[key]) });
  return out;
}

/** A function that computes its value at the first call and then keeps it. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
