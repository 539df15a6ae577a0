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
  /** When the demand is half-way up and when it peaks. */
  readonly middle: number;
  readonly peak: number;
  /** Fewest replicas before the peak and most until half-way down. */
  readonly low: number;
  readonly high: number;
  /** When the replicas left their low, and when they were half-way to their high; null: never, they did not move. */
  readonly firstRise: number | null;
  readonly half: number | null;
  /** middle - half. */
  readonly lead: number | null;
  /** peak - firstRise: > 0, the replicas rose before the load peaked. */
  readonly beforePeak: number | null;
}

/** Waves of a sine that starts in its trough: a trough at each period, the middle a quarter later, the peak a half. */
export function wavesOf(samples: readonly DemoSample[], period: number): Wave[] {
  const end = samples.at(-1)?.t ?? 0;
  const waves: Wave[] = [];
  for (let k = 0; (k + 0.5) * period <= end; k++) {
    const middle = (k + 0.25) * period;
    const peak = (k + 0.5) * period;
    // from half-way down the wave before, since a good forecast may be up again early, to half-way down this one, since late replicas are the point
    const flank = samples.filter((s) => s.t >= middle - period / 2 && s.t <= peak + period / 4);
    const low = Math.min(...flank.filter((s) => s.t <= peak).map((s) => s.replicas));
    const rising = flank.slice(flank.findLastIndex((s) => s.replicas === low && s.t <= peak));
    const high = Math.max(...rising.map((s) => s.replicas));
    const since = (replicas: number) => (high > low ? (rising.find((s) => s.replicas >= replicas)?.t ?? null) : null);
    const [firstRise, half] = [since(low + 1), since((low + high) / 2)];
    waves.push({
      index: k + 1,
      middle,
      peak,
      low,
      high,
      firstRise,
      half,
      lead: half === null ? null : middle - half,
      beforePeak: firstRise === null ? null : peak - firstRise,
    });
  }
  return waves;
}

/** Cost and service of a stretch of a run. */
export interface Score {
  readonly podHours: number;
  /** Share of time, and of the demand, above ready pods x `perPod`. */
  readonly under: number;
  readonly unserved: number;
}

/** The score of samples over the time between them. `perPod`: cores that a pod should carry. */
export function scoreOf(samples: readonly DemoSample[], perPod: number): Score {
  let [pods, under, missing, total, span] = [0, 0, 0, 0, 0];
  for (let i = 1; i < samples.length; i++) {
    const [a, b] = [samples[i - 1]!, samples[i]!];
    const dt = b.t - a.t;
    const lack = Math.max(0, a.demand - a.ready * perPod);
    span += dt;
    pods += a.replicas * dt;
    total += a.demand * dt;
    missing += lack * dt;
    if (lack > 1e-9) under += dt;
  }
  return {
    podHours: pods / 3600,
    under: span > 0 ? under / span : 0,
    unserved: total > 0 ? missing / total : 0,
  };
}
