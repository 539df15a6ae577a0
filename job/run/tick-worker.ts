/** A worker thread that makes ticks, one batch after the other. */
import { parentPort } from "node:worker_threads";
import { forecasterOf } from "../core/forecast/method.ts";
import type { TickInput } from "../core/policy/observe.ts";
import { tickOrError } from "./decide.ts";
import type { TickReply } from "./tick-threads.ts";

parentPort?.on("message", (inputs: readonly TickInput[]) => {
  const reply: TickReply = inputs.map((input) => {
    const made = tickOrError(input, forecasterOf);
    return made instanceof Error ? { failed: [made.name, made.message] as const } : made;
  });
  parentPort?.postMessage(reply);
});
