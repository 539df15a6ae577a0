/** The state that the slices of one run share: read once, then known from what was claimed; one claim at a time. */
import { asError } from "../core/result.ts";
import { takeTurns } from "../in-parallel.ts";
import type { StateReading, StateStore } from "../ports.ts";

/** The state after a write, and its version; null: the store does not say. */
export interface Claimed {
  readonly state: StateReading["state"];
  readonly version: string | null;
}

/** The result of a write. */
export type Written = Claimed | "lost" | Error;

/** The state of a run, as far as this run knows it. */
export interface SharedState {
  /** The newest known state, or why it could not be read. */
  read(signal: AbortSignal): Promise<StateReading | Error>;
  /** Writes after all earlier requests to write; `write` gets the newest known state. */
  update(write: (latest: StateReading | Error) => Promise<Written>, signal: AbortSignal): Promise<Written>;
}

/** Shares a store. */
export function sharedState(store: StateStore): SharedState {
  const turns = takeTurns();
  let known: Promise<StateReading | Error> | null = null;
  const read = (signal: AbortSignal) => {
    known ??= store.read(signal).catch(asError);
    return known;
  };
  return {
    read,
    update: (write, signal) =>
      turns(async () => {
        const written = await write(await read(signal));
        // after a write that was lost, failed or left no version only the store knows what it holds
        const certain = written !== "lost" && !(written instanceof Error) && written.version !== null;
        known = certain ? Promise.resolve(written) : null;
        return written;
      }),
  };
}
