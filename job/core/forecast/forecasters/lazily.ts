/** An object whose fields are made when they are first read: a run that draws no picture pays for no band. */

/** The fields, each made once; enumerable, so that copies and JSON hold them all. */
export function lazily<T extends object>(makers: { readonly [K in keyof T]: () => T[K] }): T {
  const out = {} as T;
  for (const key of Object.keys(makers) as (keyof T)[])
    Object.defineProperty(out, key, { enumerable: true, get: once(makers[key]) });
  return out;
}

/** A value made when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
