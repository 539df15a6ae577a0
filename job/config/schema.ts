/** The small schema language of the settings: one description gives the types, the checks, the JSON Schema and the docs. */

/** Units of numbers, each with its own way of being written by a person (see units.ts). */
export type Unit = "cores" | "seconds" | "replicas" | "count" | "ratio";

interface About {
  /** One sentence for the docs and `--help`. */
  readonly about: string;
  /** Command-line flag without its dashes; only scalars have one, and secrets never do (a process list shows them). */
  readonly flag?: string;
  /** Must be there when all layers are joined. */
  readonly required?: boolean;
}

/** A number with a unit and an accepted range (both ends included). */
export interface Quantity extends About {
  readonly kind: "quantity";
  readonly unit: Unit;
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}
/** A text; `check` answers what is wrong with it, or null. */
export interface Text extends About {
  readonly kind: "text";
  readonly default?: string;
  readonly secret?: boolean;
  readonly accepts?: string;
  readonly pattern?: RegExp;
  readonly check?: (value: string) => boolean;
}
/** One of a closed set of words. */
export interface Choice extends About {
  readonly kind: "choice";
  readonly values: readonly string[];
  readonly default?: string;
}
/** true or false. */
export interface Toggle extends About {
  readonly kind: "toggle";
  readonly default?: boolean;
}
/** A list of equal things. */
export interface List extends About {
  readonly kind: "list";
  readonly of: Node;
  readonly atLeast?: number;
  readonly default?: readonly never[];
}
/** Free names with equal values, such as HTTP headers. */
export interface Dict extends About {
  readonly kind: "dict";
  readonly of: Text;
  /** What the names must be; anything when not given. */
  readonly keys?: { readonly pattern: RegExp; readonly accepts: string };
  readonly secret?: boolean;
  readonly default?: Readonly<Record<string, never>>;
}
/** Named fields. An `optional` group is absent unless one of its fields is given. */
export interface Group extends About {
  readonly kind: "group";
  readonly fields: Readonly<Record<string, Node>>;
  readonly optional?: boolean;
}
export type Node = Quantity | Text | Choice | Toggle | List | Dict | Group;

type Plain<T> = { readonly [K in keyof T]: T[K] };
type Given<F> = { [K in keyof F]: Always<F[K]> extends true ? K : never }[keyof F];
type Always<N> = N extends { default: unknown } | { required: true }
  ? true
  : N extends { kind: "group"; optional: true }
    ? false
    : N extends { kind: "group" }
      ? true
      : false;

/** The value of a node once defaults are filled in. */
export type Value<N> = N extends { kind: "quantity" }
  ? number
  : N extends { kind: "text" }
    ? string
    : N extends { kind: "choice"; values: readonly (infer V)[] }
      ? V
      : N extends { kind: "toggle" }
        ? boolean
        : N extends { kind: "list"; of: infer I }
          ? readonly Value<I>[]
          : N extends { kind: "dict" }
            ? Readonly<Record<string, string>>
            : N extends { kind: "group"; fields: infer F }
              ? Plain<{ [K in Given<F>]: Value<F[K]> } & { [K in Exclude<keyof F, Given<F>>]?: Value<F[K]> }>
              : never;

/** The value of a node in one layer (file, environment, flags): any part of it may be missing. */
export type Part<N> = N extends { kind: "group"; fields: infer F }
  ? { readonly [K in keyof F]?: Part<F[K]> }
  : N extends { kind: "list"; of: infer I }
    ? readonly Part<I>[]
    : Value<N>;

type Options<N extends Node> = Omit<N, "kind">;

/** A number with a unit and a range. */
export function quantity<const O extends Options<Quantity>>(options: O): O & { readonly kind: "quantity" } {
  return { ...options, kind: "quantity" };
}
/** A text. */
export function text<const O extends Options<Text>>(options: O): O & { readonly kind: "text" } {
  return { ...options, kind: "text" };
}
/** One of a closed set. */
export function choice<const O extends Options<Choice>>(options: O): O & { readonly kind: "choice" } {
  return { ...options, kind: "choice" };
}
/** true or false. */
export function toggle<const O extends Options<Toggle>>(options: O): O & { readonly kind: "toggle" } {
  return { ...options, kind: "toggle" };
}
/** A list. */
export function list<const O extends Options<List>>(options: O): O & { readonly kind: "list" } {
  return { ...options, kind: "list" };
}
/** A dictionary of texts. */
export function dict<const O extends Options<Dict>>(options: O): O & { readonly kind: "dict" } {
  return { ...options, kind: "dict" };
}
/** Named fields. */
export function group<const O extends Options<Group>>(options: O): O & { readonly kind: "group" } {
  return { ...options, kind: "group" };
}
