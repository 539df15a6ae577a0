/** The log of the adapters: what they tell beside their results. */

/** Writes one message to the log. It never throws. */
export type AdapterLog = (level: "debug" | "warn", message: string) => void;
