/** The plan of a recording: groups of stress-apps, their traffic, and what happens to them when. */

/** Something done to a group of stress-apps, such as a restart. Times are seconds since the start. */
export interface RecordEvent {
  readonly at: number;
  readonly action: "restart-one" | "restart-all" | "scrapes-off" | "scrapes-on";
}

/** One group: a few stress-apps behind one traffic generator. Prometheus scrapes them under the label `group`. */
export interface RecordGroup {
  readonly name: string;
  readonly processes: number;
  /** Seconds from the start that go into the file. */
  readonly duration: number;
  /** Flags of the traffic generator, without --url and --duration. */
  readonly traffic: readonly string[];
  readonly events: readonly RecordEvent[];
}

/** A file to write: Prometheus' answer to one range query over one group's time. */
export interface RecordFile {
  readonly file: string;
  readonly query: string;
  readonly duration: number;
}

/** CPU seconds a request burns. 5 + 4 sin of them a second make 0.05 to 0.45 cores: 1 to 9 pods at 0.05 cores each. */
const INTENSITY = 0.05;

/** Rates in requests a second; the seed differs by group, so no two recordings share their noise. */
function traffic(seed: number, pattern: string, period: number, base: number, amplitude: number): string[] {
  const flags = { seed, pattern, period, base, amplitude, noise: base / 10, intensity: INTENSITY, every: 60 };
  return Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
}

/** The groups of a recording of `duration` seconds. At 3000 s the short groups take 20 minutes, and the gap is 180 s wide. */
export function recordPlan(duration: number): readonly RecordGroup[] {
  const short = Math.min(duration, Math.max(180, 0.4 * duration));
  const at = (share: number, action: RecordEvent["action"]): RecordEvent => ({ at: share * short, action });
  return [
    { name: "sine", processes: 3, duration, traffic: traffic(11, "sine", 300, 5, 4), events: [] },
    { name: "mixed", processes: 3, duration, traffic: traffic(12, "mixed", duration, 4, 3), events: [] },
    {
      name: "restart",
      processes: 2,
      duration: short,
      traffic: traffic(13, "sine", 300, 2.4, 1.2),
      events: [at(0.4, "restart-one"), at(0.7, "restart-all")],
    },
    {
      name: "gap",
      processes: 2,
      duration: short,
      traffic: traffic(14, "sine", 300, 2.4, 1.2),
      events: [at(0.5, "scrapes-off"), at(0.65, "scrapes-on")],
    },
  ];
}

/** The files of a plan: each group's CPU in cores, and the bare counters of the group whose apps restart. */
export function recordFiles(groups: readonly RecordGroup[]): readonly RecordFile[] {
  const counter = (group: string): string => `process_cpu_seconds_total{job="stress-app",group="${group}"}`;
  return groups.flatMap(({ name, duration }) => {
    const total = { file: `${name}.json`, query: `sum(rate(${counter(name)}[1m]))`, duration };
    return name === "restart" ? [total, { file: "restart-counters.json", query: counter(name), duration }] : [total];
  });
}
