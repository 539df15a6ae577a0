/** What a demo run shows: per wave, when the demand rose, when the replicas did, and how long one led the other. */

/** One look at the world. */
export interface DemoSample {
  /** Seconds since the load began. */
  readonly t: number;
  /** Demand that the generator asks for, in cores. */
  readonly demand: number;
  /** CPU that Prometheus measures, cores; NaN when it has no answer. */
  readonly measured: number;
  readonly replicas: number;
  readonly ready: number;
}

/** One wave. Times in seconds since the load began; `lead` > 0: replicas were half-way up before the demand was. */
export interface Wave {
  readonly index: number;
  /** When the demand crosses its middle upwards and when it peaks. */
  readonly middle: number;
  readonly peak: number;
  /** When the replicas first rose on this flank, and when they were half-way between their low and high of the wave; null: never. */
  readonly firstRise: number | null;
  readonly half: number | null;
  /** middle - half. */
  readonly lead: number | null;
  /** peak - firstRise: > 0, the replicas rose before the load peaked. */
  readonly beforePeak: number | null;
}

/** Waves of a sine that starts at its middle going up: trough at 3/4 of a period, middle at each period, peak a quarter later. */
export function wavesOf(samples: readonly DemoSample[], period: number): Wave[] {
  const end = samples.at(-1)?.t ?? 0;
  const waves: Wave[] = [];
  for (let k = 0; k * period + period / 4 <= end; k++) {
    const middle = k * period;
    const peak = middle + period / 4;
    // from the trough before to half-way down again, since late replicas are the point
    const flank = samples.filter((s) => s.t >= Math.max(0, middle - period / 4) && s.t <= peak + period / 4);
    const values = flank.map((s) => s.replicas);
    const low = Math.min(...values);
    const high = Math.max(...values);
    const rising = flank.slice(values.indexOf(low));
    const firstRise = high > low ? (rising.find((s) => s.replicas > low)?.t ?? null) : null;
    const half = high > low ? (rising.find((s) => s.replicas >= (low + high) / 2)?.t ?? null) : null;
    waves.push({
      index: k + 1,
      middle,
      peak,
      firstRise,
      half,
      lead: half === null ? null : middle - half,
      beforePeak: firstRise === null ? null : peak - firstRise,
    });
  }
  return waves;
}

/** Cost and service of a run: pod-seconds and the share of time in which ready pods x `perPod` were below the demand. */
export function scoreOf(samples: readonly DemoSample[], perPod: number): { podHours: number; under: number } {
  let pods = 0;
  let under = 0;
  let span = 0;
  for (let i = 1; i < samples.length; i++) {
    const [a, b] = [samples[i - 1]!, samples[i]!];
    const dt = b.t - a.t;
    span += dt;
    pods += a.replicas * dt;
    if (a.demand > a.ready * perPod + 1e-9) under += dt;
  }
  return { podHours: pods / 3600, under: span > 0 ? under / span : 0 };
}
