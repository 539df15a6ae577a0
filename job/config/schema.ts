/** The schema language of the settings: one description gives types, checks, docs and all else that must know every setting. */
import type { Rule } from "./rules.ts";

/** Units of numbers, each with its own way of being written by a person (see units.ts). */
export type Unit = "cores" | "amount" | "seconds" | "days" | "replicas" | "count" | "ratio" | "number" | "price";

interface About {
  /** One sentence for the docs and `--help`. */
  readonly about: string;
  /** Command-line flag without its dashes. Only scalars have one, and secrets never do: a process list shows them. */
  readonly flag?: string;
  /** One letter that stands for the flag, where kubectl has it. */
  readonly short?: string;
  /** Whether it must be given by one of the layers. */
  readonly required?: boolean;
  /** False: the Helm chart does not accept it, since it sets it itself. Secrets are left out unless this is true: the chart writes a ConfigMap. */
  readonly chart?: boolean;
}

/** A number with a unit and an accepted range (both ends included). */
export interface Quantity extends About {
  readonly kind: "quantity";
  readonly unit: Unit;
  readonly min: number;
  readonly max: number;
  readonly default?: number;
  /** What a percentage is a share of; absent: percentages are not accepted. */
  readonly shareOf?: string;
}
/** A percentage instead of a number: 0.7 for `70%` of a value that only a cluster knows. */
export interface Share {
  readonly share: number;
}
/** A text. It is valid if it matches `pattern` and passes `check`; `accepts` describes valid values in words. */
export interface Text extends About {
  readonly kind: "text";
  readonly default?: string;
  /** Its value is never printed. */
  readonly secret?: boolean;
  /** It names a file whose content is a secret. */
  readonly secretFile?: boolean;
  readonly accepts?: string;
  /** Helm reads it too: its regular expressions (Go's RE2) have no lookahead and no backreference. */
  readonly pattern?: RegExp;
  /** Texts that match `pattern` but are refused. */
  readonly taken?: readonly string[];
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
/** A list of equal items. Its length is limited, so that no file makes a run slow. */
export interface List extends About {
  readonly kind: "list";
  readonly of: Node;
  readonly atLeast?: number;
  readonly atMost: number;
  /** A single item may stand without a list around it. */
  readonly single?: boolean;
  readonly default?: readonly never[];
}
/** Free names with equal values, such as HTTP headers. */
export interface Dict extends About {
  readonly kind: "dict";
  readonly of: Node;
  readonly atMost: number;
  /** The form of the names; absent: any. */
  readonly keys?: { readonly pattern: RegExp; readonly accepts: string };
  readonly default?: Readonly<Record<string, never>>;
}
/** Named fields. An `optional` group is absent unless one of its fields is given. `title`: the heading of its flags in `--help`; its own name when not given. */
export interface Group extends About {
  readonly kind: "group";
  readonly fields: Readonly<Record<string, Node>>;
  readonly optional?: boolean;
  readonly title?: string;
  /** Rules across its fields. */
  readonly rules?: readonly Rule[];
}
/** A node of the schema. */
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
  ? N extends { shareOf: string }
    ? number | Share
    : number
  : N extends { kind: "text" }
    ? string
    : N extends { kind: "choice"; values: readonly (infer V)[] }
      ? V
      : N extends { kind: "toggle" }
        ? boolean
        : N extends { kind: "list"; of: infer I }
          ? readonly Value<I>[]
          : N extends { kind: "dict"; of: infer I }
            ? { readonly [name: string]: Value<I> }
            : N extends { kind: "group"; fields: infer F }
              ? Plain<{ [K in Given<F>]: Value<F[K]> } & { [K in Exclude<keyof F, Given<F>>]?: Value<F[K]> }>
              : never;

/** The value of a node in one layer (file, environment, flags): any part of it may be missing. */
export type PartialValue<N> = N extends { kind: "group"; fields: infer F }
  ? { readonly [K in keyof F]?: PartialValue<F[K]> }
  : N extends { kind: "list"; of: infer I }
    ? readonly PartialValue<I>[]
    : N extends { kind: "dict"; of: infer I }
      ? { readonly [name: string]: PartialValue<I> }
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
/** Free names with equal values. */
export function dict<const O extends Options<Dict>>(options: O): O & { readonly kind: "dict" } {
  return { ...options, kind: "dict" };
}
/** Named fields. */
export function group<const O extends Options<Group>>(options: O): O & { readonly kind: "group" } {
  return { ...options, kind: "group" };
}

type Secret<K extends string, O> = { readonly [P in K]: O & { readonly kind: "text"; readonly secret: true } } & {
  readonly [P in `${K}File`]: Text & { readonly secretFile: true };
};

/**
 * A secret as two fields of a group: `password` itself, which also has an environment variable, and `passwordFile`, a file with it. Spread
 * them into the group.
 */
export function secret<const K extends string, const O extends { readonly about: string }>(
  name: K,
  options: O,
): Secret<K, O> {
  const file = `File that holds it. ${options.about}`;
  return {
    [name]: { ...options, kind: "text", secret: true },
    [`${name}File`]: { about: file, kind: "text", secretFile: true, accepts: "the path of a file" },
  } as Secret<K, O>;
}
