/** Chooses the history and the cluster of a command, and loads its settings. */
import { readSmall } from "../adapters/bounded-file.ts";
import { noSource, sourceOf } from "../adapters/sources.ts";
import { loadSettings } from "../config/load.ts";
import { secretsIn } from "../config/secrets.ts";
import { TABLE } from "../config/table.ts";
import type { Settings } from "../config/types.ts";
import type { Replicas } from "../core/units.ts";
import { type Flags, type Io, UsageError } from "./io.ts";
import { readOption } from "./option-values.ts";
import { usesCluster } from "./uses-cluster.ts";

/** Which history and which cluster a run uses. */
export interface RunInputs {
  readonly historyFile: string | null;
  /** The pretended replicas where no cluster is used; their number null: each target's minimum. Null: a cluster is used. */
  readonly pretend: { readonly replicas: Replicas | null } | null;
  /** The metric source is read again and again, as a run with --every does. */
  readonly repeats?: boolean;
}

/** The inputs that the flags and variables name. */
export function chooseInputs(flags: Flags, io: Io): RunInputs {
  const historyFile = typeof flags["history-file"] === "string" ? flags["history-file"] : null;
  const replicas = readOption("run", "replicas", flags) ?? null;
  return { historyFile, pretend: usesCluster(flags, io.env) ? null : { replicas } };
}

/** Reads the settings; without a cluster the workload needs no name. Throws ConfigError or UsageError. */
export async function settingsOf(flags: Flags, io: Io, inputs: RunInputs): Promise<Settings> {
  const settings = await loadFor(flags, io, inputs.pretend !== null);
  if (inputs.pretend !== null) refuseShares(settings, "without a cluster");
  if (sourceOf({ settings, historyFile: inputs.historyFile }) === null) throw new UsageError(noSource());
  return settings;
}

/** Throws UsageError for targets with a share of the request where no workload is read: the share then has no meaning. */
export function refuseShares({ targets }: Settings, where: string): void {
  const share = targets.find(({ averageUtilization }) => averageUtilization !== undefined);
  if (share === undefined) return;
  throw new UsageError(
    `targetCpu of ${share.namespace}/${share.name} is a share of the pod's CPU request, which is unknown ${where}. Give it in cores: --target-cpu 500m.`,
  );
}

/** The text of a settings file. Throws where it is in another encoding: Windows' programs write UTF-16, of which YAML would make one long word. */
function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not text in UTF-8; save it in that encoding");
  }
}

/** Reads the settings, and teaches the redactor every secret in them and in the files they name. Throws ConfigError. */
export async function loadFor(flags: Flags, io: Io, pretend: boolean): Promise<Settings> {
  const settings = await loadSettings({
    flags,
    env: io.env,
    readFile: async (path) => utf8(await readSmall(path)),
    learn: io.redactor.learn,
    ...(pretend
      ? { fallback: { targets: [{ scaleTargetRef: { name: "workload" } }] } }
      : {
          ownNamespace: (kubernetes) =>
            import("../adapters/own-namespace.ts").then((m) => m.ownNamespace(kubernetes, io.env)),
        }),
  });
  const { values, files } = secretsIn(TABLE.run, settings);
  io.redactor.learn(...values);
  // one that cannot be read is reported where it is needed
  io.redactor.learn(...(await Promise.all(files.map((file) => readSmall(file).then(String, () => undefined)))));
  return settings;
}
