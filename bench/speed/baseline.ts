/** The committed ratios of a live run to bare Node, and the check of a new measurement against them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessRatios } from "./processes.ts";

const FILE = join(import.meta.dirname, "baseline.json");

/** How many times a committed ratio a new one may be. Two machines differ by less; a library loaded at every start does not. */
const MAX_GROWTH = 1.5;

/** The committed ratios of a live run to bare Node. */
export function readBaseline(): ProcessRatios {
  return JSON.parse(readFileSync(FILE, "utf8")) as ProcessRatios;
}

/** Stores the ratios with one digit after the point. */
export function writeBaseline({ wall, cpu, memory }: ProcessRatios): void {
  const short = (value: number) => Math.round(value * 10) / 10;
  writeFileSync(FILE, `${JSON.stringify({ wall: short(wall), cpu: short(cpu), memory: short(memory) }, null, 2)}\n`);
}

/** A sentence for each ratio beyond its bound; none when all is well. */
export function beyond(measured: ProcessRatios, committed: ProcessRatios): readonly string[] {
  return (["wall", "cpu", "memory"] as const).flatMap((of) => {
    const most = MAX_GROWTH * committed[of];
    if (measured[of] <= most) return [];
    return [
      `${of}: ${measured[of].toFixed(1)} times bare Node, at most ${most.toFixed(1)} (${MAX_GROWTH} times the ${committed[of]} of bench/speed/baseline.json)`,
    ];
  });
}
