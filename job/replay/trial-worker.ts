/** A worker thread that replays stretches, one after the other. */
import { parentPort } from "node:worker_threads";
import { forecasterOf } from "../core/forecast/method.ts";
import { asError } from "../core/result.ts";
import { DONE, END, type TrialTask, type WorkerReply } from "./trial-workers.ts";
import { playStretch } from "./trials.ts";

parentPort?.on("message", async ({ stretch, shared }: TrialTask) => {
  const watch = (done: number) => {
    Atomics.store(shared, DONE, done);
    return Atomics.load(shared, END) === 0;
  };
  const reply = await playStretch(stretch, { forecasterOf, watch }).then(
    (played): WorkerReply => ({ played }),
    (cause: unknown): WorkerReply => ({ problem: asError(cause).message }),
  );
  parentPort?.postMessage(reply);
});
