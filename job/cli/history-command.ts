/** `history`: repeats the decisions of the last hours from the metric source's history, as a table; writes nothing. */
import type { TargetConfig } from "../core/target.ts";
import { timeText } from "../report/answer.ts";
import { type PastRow, pastRow, pastTable } from "../report/past-table.ts";
import { notWritten, outcomeOf } from "../run/outcome.ts";
import { type Command, type Flags, INTERRUPTED, type Io, UsageError } from "./io.ts";
import { numberOption } from "./option-values.ts";
import { openPast, type PastWorld, pastOf } from "./past-world.ts";
import { chooseInputs, refuseShares, settingsOf } from "./run-inputs.ts";
import { settingsWithFound } from "./target-source.ts";
import { withProgress } from "./waiting.ts";
import { openLog } from "./world.ts";

/** Shows the decisions of every target. Exit code 1 when the newest of one could not be made. */
export const historyCommand: Command = async (flags, io) => {
  const form = formOf(flags);
  const since = numberOption("history", "since", flags);
  const inputs = chooseInputs(flags, io);
  const given = await settingsOf(flags, io, inputs);
  const log = openLog(given, io);
  const settings = await settingsWithFound(given, io, log);
  refuseShares(settings, "of a time that is past");
  const world = await openPast(settings, inputs, io, log);
  try {
    const all: PastRow[] = [];
    for (const target of settings.targets) {
      const first = inputs.pretend?.replicas ?? null;
      const { rows, source, ended } = await rowsOf(world, target, since, { io, log, first });
      all.push(...rows);
      const wide = form === "wide";
      if (form !== "json") io.out(`${pastTable({ target, rows, source, wide, width: io.columns })}\n`);
      if (!ended) return finish(all, form, io, world.now, INTERRUPTED);
    }
    return finish(all, form, io, world.now, 0);
  } finally {
    world.close();
  }
};

const FORMS = ["table", "wide", "json"] as const;

/** The form of the answer. Throws UsageError for an unknown one. */
function formOf(flags: Flags): (typeof FORMS)[number] {
  if (flags.json === true) return "json";
  const output = flags.output ?? "table";
  const form = FORMS.find((one) => one === output);
  if (form === undefined) throw new UsageError(`--output: must be wide or json, got ${JSON.stringify(output)}.`);
  return form;
}

async function rowsOf(
  world: PastWorld,
  target: TargetConfig,
  since: number,
  { io, log, first }: Pick<Parameters<typeof pastOf>[2], "log" | "first"> & { readonly io: Io },
): Promise<{ readonly rows: readonly PastRow[]; readonly source: string | null; readonly ended: boolean }> {
  const { interval } = target;
  // a CronJob runs when the minute begins
  const until = Math.floor(world.now / interval) * interval;
  const from = until - Math.floor(since / interval) * interval;
  const wanted = Math.round((until - from) / interval) + 1;
  return withProgress(io, "history", "decisions", async (watch) => {
    const { source, decisions } = await pastOf(world, target, { from, until, first, log, watch });
    const rows: PastRow[] = [];
    for await (const decision of decisions) rows.push(pastRow(decision, notWritten(outcomeOf(decision.decided))));
    return { rows, source, ended: rows.length === wanted };
  });
}

function finish(rows: readonly PastRow[], form: string, io: Io, now: number, code: number): number {
  if (form === "json") {
    const oldestFirst = rows.toSorted((a, b) => a.at - b.at);
    const targets = oldestFirst.map(({ at, outcome }) => ({ time: timeText(at), ...outcome }));
    io.out(`${JSON.stringify({ time: timeText(now), dryRun: true, targets })}\n`);
  }
  return code;
}
