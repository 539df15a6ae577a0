/** Finds the settings of a replay or a backtest: those of a target, as a run resolves them, or the commands' defaults. */
import { resolveTarget } from "../config/target-settings.ts";
import type { Settings } from "../config/types.ts";
import type { TargetConfig } from "../core/target.ts";
import { type Flags, type Io, UsageError } from "./io.ts";
import { numberOption, readOption } from "./option-values.ts";
import { loadFor, refuseShares } from "./run-inputs.ts";
import { settingsWithFound } from "./target-source.ts";
import { openLog } from "./world.ts";

/** A target, and the settings from which it comes. */
export interface RecordedTarget {
  readonly target: TargetConfig;
  /** The settings; they hold where no flag says otherwise. Null: there are none, and the command's defaults hold. */
  readonly settings: Settings | null;
}

/** Settings that a flag of these commands may override. */
const OVERRIDES =
  /^(config|namespace|deployment|kind|api-version|query|kubeconfig|context|prometheus.*|quantile|slo|target-cpu|min|max)$/;

/** Reads the settings of `--config`. A `live` source may have them from the flags alone. Throws a UsageError or a ConfigError. */
export async function recordedTarget(flags: Flags, io: Io, live = false): Promise<RecordedTarget> {
  if (flags.quantile !== undefined && flags.slo !== undefined) throw new UsageError(BOTH);
  if (!live && flags.config === undefined) return { target: flagTarget(flags), settings: null };
  const asked = Object.entries(flags).filter(([name]) => OVERRIDES.test(name));
  const loaded = await loadFor(Object.fromEntries(asked), io, !live);
  const settings = await settingsWithFound(loaded, io, openLog({ ...loaded, warnings: [] }, io));
  if (settings.targets.length > 1) throw new UsageError("there are several targets: name one with --deployment.");
  refuseShares(settings, "in a recording");
  return { target: settings.targets[0]!, settings };
}

const BOTH = "give either --slo or --quantile, not both.";

/** The target that the replay's own flags describe. */
function flagTarget(flags: Flags): TargetConfig {
  const [quantile, slo] = [readOption("replay", "quantile", flags), readOption("replay", "slo", flags)];
  const [min, max] = [numberOption("replay", "min", flags), numberOption("replay", "max", flags)];
  if (min > max) throw new UsageError(`--min: ${min} is above --max, which is ${max}.`);
  return resolveTarget({
    scaleTargetRef: { name: "workload" },
    targetCpu: numberOption("replay", "target-cpu", flags),
    minReplicas: min,
    maxReplicas: max,
    ...(quantile === undefined ? {} : { quantile }),
    ...(slo === undefined ? {} : { slo }),
  });
}
