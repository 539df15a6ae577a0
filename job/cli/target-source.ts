/** Where the targets of a command come from: the list of the settings, or that and what is found, anew in each run. */
import type { Settings } from "../config/types.ts";
import type { DiscoverySummary } from "../report/answer.ts";
import type { Log } from "../report/log.ts";
import { targetsOf } from "../run/shards.ts";
import type { TargetOrShare } from "../run/shares.ts";
import type { Targets } from "../run.ts";
import { cleaner } from "./clean-ports.ts";
import { CommandError, type Io } from "./io.ts";
import { openWorld, type World } from "./world.ts";

/** The targets of this process. */
export interface TargetSource {
  /** For the runs. */
  readonly given: Targets;
  /** Those of the newest run. */
  targets(): readonly TargetOrShare[];
  /** What finding came to in the newest run; null: nothing is to be found. */
  summary(): DiscoverySummary | null;
  /** Of a run, with what could not be found out. */
  exitCode(run: { readonly exitCode: 0 | 1 }): 0 | 1;
}

/** The source over all targets of the settings; a shard has its own of them. */
export function targetSource(settings: Settings, world: World, io: Io, log: Log): TargetSource {
  const { discovery: wanted, shards } = settings;
  const own = (all: readonly TargetOrShare[]) =>
    shards.count === 1 || shards.index === undefined
      ? all
      : targetsOf(all, { count: shards.count, index: shards.index });
  let targets = own(settings.targets);
  let summary: DiscoverySummary | null = null;
  const fixed = { given: targets, targets: () => targets, summary: () => null };
  if (wanted === undefined) return { ...fixed, exitCode: ({ exitCode }) => exitCode };
  const { discovery } = world;
  if (discovery === null) throw new TypeError("settings with `discover` and no cluster");
  const tools = { discovery, clean: cleaner(io.redactor), log, clock: world.clock };
  return {
    given: async (reading) => {
      const { findTargets } = await import("./found-targets.ts");
      const found = await findTargets({ ...settings, discovery: wanted }, tools, reading);
      targets = own(found.targets);
      summary = found.summary;
      return targets;
    },
    targets: () => targets,
    summary: () => summary,
    exitCode: ({ exitCode }) => (summary !== null && summary.failures.length > 0 ? 1 : exitCode),
  };
}

/** The targets as they are now, those that are found among them, for a command that looks at them once. */
export async function targetsNow({ given }: TargetSource): Promise<readonly TargetOrShare[]> {
  return typeof given === "function" ? given(new AbortController().signal) : given;
}

/**
 * The settings with what is found among their targets, for a command that works on the past and needs no cluster
 * besides. Those with wrong settings are left out, with a warning. Throws CommandError where a list could not be read.
 */
export async function settingsWithFound(settings: Settings, io: Io, log: Log): Promise<Settings> {
  if (settings.discovery === undefined) return settings;
  const world = await openWorld(settings, { historyFile: null, pretend: null }, io, log);
  try {
    const source = targetSource(settings, world, io, log);
    const targets = await targetsNow(source);
    const [failure] = source.summary()?.failures ?? [];
    if (failure !== undefined) throw new CommandError(failure);
    for (const { namespace, name, refused } of targets)
      if (refused !== undefined) log("warn", `${namespace}/${name} is left out: ${refused.message}`);
    const usable = targets.filter(({ refused }) => refused === undefined);
    if (usable.length === 0) throw new CommandError("there is no target: none is listed, and none was found");
    return { ...settings, targets: usable };
  } finally {
    world.close();
  }
}
