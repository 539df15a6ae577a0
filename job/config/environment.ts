/** The environment of the process, as the rest of the code gets it. */

/** The variables by name. main.ts passes them on, since only main.ts touches `process`. */
export type Environment = Readonly<Record<string, string | undefined>>;
