/** `doctor`: checks all that a run needs before the first run. Each line says ok, warn or fail, and what to do. Writes nothing. */

import type { Check } from "../adapters/check.ts";
import { pluralize } from "../core/units.ts";
import { keyOf } from "../run/memory.ts";
import { clusterChecks } from "./doctor-cluster.ts";
import { discoveryChecks } from "./doctor-discovery.ts";
import { historyChecks } from "./doctor-history.ts";
import { settingsInCores } from "./doctor-resources.ts";
import type { Command } from "./io.ts";
import { chooseInputs, settingsOf } from "./run-inputs.ts";
import { targetSource, targetsNow } from "./target-source.ts";
import { openLog, openWorld } from "./world.ts";

/** Runs all checks. Exit code 1 when one failed. */
export const doctorCommand: Command = async (flags, io) => {
  const inputs = chooseInputs(flags, io);
  const settings = await settingsOf(flags, io, inputs);
  const log = openLog({ ...settings, warnings: [], report: { ...settings.report, logLevel: "error" } }, io);
  const world = await openWorld(settings, inputs, io, log);
  try {
    const source = targetSource(settings, world, io, log);
    const now = await targetsNow(source);
    const listed = new Set(settings.targets.map(keyOf));
    const usable = { ...settings, targets: now.filter(({ refused }) => refused === undefined) };
    const { settings: inCores, checks: sized } = await settingsInCores(usable, world);
    const [known, found] = [true, false].map((is) => inCores.targets.filter((one) => listed.has(keyOf(one)) === is));
    const checks: Check[] = [
      {
        check: "settings",
        status: "ok",
        message: `${pluralize(settings.targets.length, "target")}${settings.discovery === undefined ? "" : " listed"}`,
      },
      ...settings.warnings.map((message): Check => ({ check: "settings", status: "warn", message })),
      ...discoveryChecks(source, settings.targets),
      ...sized,
      ...(await historyChecks(inCores, world, inputs)),
      ...(await clusterChecks({ ...inCores, targets: known! }, world, found)),
    ];
    const failed = checks.filter((c) => c.status === "fail").length;
    const warned = checks.filter((c) => c.status === "warn").length;
    if (flags.json === true) io.out(`${JSON.stringify({ checks })}\n`);
    else {
      for (const { check, status, message, todo } of checks) {
        io.out(`${status.padEnd(4)}  ${check}: ${message}\n`);
        if (todo !== undefined && status !== "ok") io.out(`      -> ${todo}\n`);
      }
      io.out(`\n${pluralize(checks.length, "check")}, ${pluralize(warned, "warning")}, ${failed} failed\n`);
    }
    return failed > 0 ? 1 : 0;
  } finally {
    world.close();
  }
};
