/** The demo's stand-in for the CronJob: `dist/job.js --once` at regular times, as the ServiceAccount, against the real API server. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type DemoRun, runOf } from "./runs.ts";

/** What a ticker needs. */
export interface TickerOptions {
  /** The built job, and its configuration. */
  readonly job: string;
  readonly config: string;
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Seconds between two runs; they start at whole multiples of it since 1970, as a CronJob's do. */
  readonly every: number;
}

/** A running ticker. */
export interface Ticker {
  /** Runs that ended since the last call, oldest first. `began`: epoch seconds. */
  runs(began: number): readonly DemoRun[];
  /** Starts no more and waits for the run that is under way. */
  stop(): Promise<void>;
}

/** Starts it. One run at a time: a slot that comes while one is under way is skipped, as with `concurrencyPolicy: Forbid`. */
export function startTicker(options: TickerOptions): Ticker {
  const logs: string[] = [];
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout;
  const arm = () => {
    const slot = options.every * 1000;
    // a CronJob starts by the clock, and so does this
    timer = setTimeout(
      () => {
        running ??= runOnce(options).then((log) => {
          logs.push(log);
          running = undefined;
        });
        arm();
      },
      slot - (Date.now() % slot),
    );
  };
  arm();
  return {
    runs: (began) => logs.splice(0).flatMap((log) => runOf(log, began) ?? []),
    async stop() {
      clearTimeout(timer);
      await running;
    },
  };
}

/** One run to its end; its log. activeDeadlineSeconds of the CronJob is 50. */
async function runOnce({ job, config, kubeconfig, namespace }: TickerOptions): Promise<string> {
  const child = spawn(process.execPath, [job, "--once", "--config", config], {
    env: { PATH: process.env.PATH ?? "", KUBECONFIG: kubeconfig, PROPHET_AUTOSCALER_NAMESPACE: namespace },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 50_000,
    killSignal: "SIGKILL",
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(child, "close");
  return said;
}
