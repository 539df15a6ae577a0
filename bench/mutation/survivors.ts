/** Surviving mutants that were looked at, with the reason why no test can or need notice them. */
/** The reason of each survivor that somebody has looked at, by its identity: `FILE: TEXT => CHANGED TEXT`. */
export const SURVIVOR_REASONS: Readonly<Record<string, string>> = {
  "job/adapters/kubernetes-conditions.ts: const pods = resources === undefined ? {} : { resources }; => const pods = true ? {} : { resources };":
    "held since by test/adapters/kubernetes-conditions.test.ts",
  'job/adapters/kubernetes-state.ts: throw new ClusterError(asked, 200, "Malformed", "the ConfigMap has no resourceVersion"); => throw new ClusterError(asked, 201, "Malformed", "the ConfigMap has no resourceVersion");':
    "the status within the message; the word Malformed says what it is",
  "job/adapters/prometheus-answer.ts: const { data } = open(body, 1000); => const { data } = open(body, 1001);":
    "a bound of memory is a round number",
  "job/adapters/prometheus-answer.ts: throw new AnswerError(`${body.length} characters that are not JSON (${excerpt(why, 100)}): ${excerpt(body, 80)}`); => throw new AnswerError(`${body.length} characters that are not JSON (${excerpt(why, 101)}): ${excerpt(body, 80)}`);":
    "how much of an error is quoted is a round number",
  "job/core/policy/decide.ts: ...(gated && ofData ? [gate.message] : []), => ...(gated || ofData ? [gate.message] : []),":
    "held since by test/core/policy/headline.test.ts",
  "job/core/policy/drop.ts: const FALL_SPAN: Seconds = 120; => const FALL_SPAN: Seconds = 121;":
    "the same number of steps: 8 of 15 s",
  "job/core/policy/guards.ts: age: Number.isFinite(quality.age) ? quality.age : null, => age: true ? quality.age : null,":
    "held since by test/core/policy/guards.test.ts",
  "job/core/policy/observe.ts: const MAX_LONG_POINTS = 11_000; => const MAX_LONG_POINTS = 11001;":
    "a bound of memory is a round number",
  "job/core/policy/observe.ts: const counted = history?.pods === undefined ? { uncounted: window } : { missing: pods }; => const counted = false ? { uncounted: window } : { missing: pods };":
    "held since by test/core/policy/observe.test.ts",
  "job/core/policy/observe.ts: counted: history?.pods !== undefined, => counted: history?.pods === undefined,":
    "held since by test/core/policy/observe.test.ts",
  "job/core/policy/observe.ts: return first === 0 ? { times, values } : { times: times.subarray(first), values: values.subarray(first) }; => return first === 1 ? { times, values } : { times: times.subarray(first), values: values.subarray(first) };":
    "differs only where one lone sample lies before the hole",
  "job/core/series/cadence.ts: const usual = distances.filter((d) => d >= shortest - 0.5 * spacing && d <= 1.5 * shortest + 0.5 * spacing); => const usual = distances.filter((d) => d >= shortest - 0.5 * spacing && d < 1.5 * shortest + 0.5 * spacing);":
    "a distance of exactly one and a half cadences and half a step: either is right",
  "job/core/series/cadence.ts: const usual = distances.filter((d) => d >= shortest - 0.5 * spacing && d <= 1.5 * shortest + 0.5 * spacing); => const usual = distances.filter((d) => d >= shortest - 0.5 / spacing && d <= 1.5 * shortest + 0.5 * spacing);":
    "leaves out at most the shortest tenth of the distances: the mean moves by less than half a step",
  "job/core/series/cadence.ts: return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b)); => return Math.abs(a - b) <= ROUNDING * Math.min(Math.abs(a), Math.abs(b));":
    "differs only for two values within a billionth of a billionth of the limit",
  "job/core/series/clean.ts: if (time <= previous) sorted = false; => if (time < previous) sorted = false;":
    "equal times in a row need no sorting: the larger is kept either way",
  "job/core/series/grid.ts: const fine = spacing > 0 && spacing < 0.75 * step; => const fine = spacing >= 0 && spacing < 0.75 * step;":
    "a spacing of 0 is that of one sample, which lies on the newest point either way",
  "job/core/series/grid.ts: for (let i = 0; i < length; i++) { => for (let i = 0; i <= length; i++) {":
    "a typed array takes nothing beyond its end",
  "job/core/series/grid.ts: for (let i = times.length - 1; i >= 0; i--) { => for (let i = times.length + 1; i >= 0; i--) {":
    "there are no samples beyond the last: they are added nowhere",
  "job/core/series/grid.ts: if (back >= length) break; => if (back > length) break;":
    "one sample more is added before the first point, where a typed array takes nothing",
  "job/core/series/grid.ts: if (masked === 0 || filled.reduce((sum, f) => sum + f, 0) > filled.length / 2) return series; => if (masked === 0 || filled.reduce((sum, f) => sum + f, 0) >= filled.length / 2) return series;":
    "held since by test/core/series/grid.test.ts",
  'job/core/series/implausible.ts: ["milliseconds", 1e3], => ["milliseconds", 1001],':
    "the unit is told, not computed with: a thousandth more is near enough",
  "job/core/series/implausible.ts: const MAX_DISTANCE = 10 * 365 * 86_400; => const MAX_DISTANCE = 10 * 366 * 86_400;":
    "ten years is a round number, and ten days more as good",
  "job/core/series/implausible.ts: return UNITS.find(([, perSecond]) => Math.abs(newest / perSecond - now) < MAX_DISTANCE)?.[0] ?? null; => return UNITS.find(([, perSecond]) => Math.abs(newest / perSecond - now) <= MAX_DISTANCE)?.[0] ?? null;":
    "ten years to the second: either is right",
  "job/core/series/quality.ts: const { series } = window > history ? gridBack(fresh, at, window) : grid; => const { series } = window >= history ? gridBack(fresh, at, window) : grid;":
    "an equal window gives the same grid once more",
  "job/core/state/codec.ts: count = Math.floor(count * 0.9); => count = Math.ceil(count * 0.9);":
    "held since by test/core/state/stored.test.ts",
  "job/core/state/codec.ts: lastForecast?.at ?? 0, => lastForecast?.at ?? 1,":
    "a second after 1970 is as long ago as 1970",
  "job/core/state/codec.ts: missingSince ?? 0, => missingSince ?? 1,": "a second after 1970 is as long ago as 1970",
  "job/core/state/memory.ts: const MAX_LEAD: Seconds = 11_400; => const MAX_LEAD: Seconds = 11401;":
    "held since by test/core/state/edges.test.ts",
  "job/core/state/memory.ts: if (forecast === null || forecast.at > now) return null; => if (forecast === null || forecast.at >= now) return null;":
    "held since by test/core/state/edges.test.ts",
  "job/core/state/memory.ts: if (last.replicas === current) return last.overruled === 0 ? last : { ...last, overruled: 0 }; => if (last.replicas === current) return false ? last : { ...last, overruled: 0 };":
    "an equal copy in place of the same object",
  "job/core/state/memory.ts: return [...spans.slice(0, -1), [Math.min(last[0], from), Math.max(last[1], to)]]; => return [...spans.slice(1, -1), [Math.min(last[0], from), Math.max(last[1], to)]];":
    "held since by test/core/state/edges.test.ts",
  "job/core/state/memory.ts: return what.at > now ? { ...what, at: now } : what; => return what.at >= now ? { ...what, at: now } : what;":
    "what is of now already becomes an equal copy",
  "job/run.ts: const sized = async () => (haveCores(wanted) ? wanted : (await scaled).targets); => const sized = async () => (false ? wanted : (await scaled).targets);":
    "targets without a share pass through unchanged: it only waits for their scales",
  "job/run.ts: return { runs, exitCode: runs.at(-1)?.exitCode ?? 0 }; => return { runs, exitCode: runs.at(-1)?.exitCode ?? 1 };":
    "there is always a first run: the default satisfies the types alone",
  "job/run/claim.ts: const ALWAYS_FIT = 30; => const ALWAYS_FIT = 31;":
    "saves the look at a small state: 31 targets always fit as well as 30 do",
  "job/run/shares.ts: if (scale instanceof Error) return [rest, scale]; => if (false) return [rest, scale];":
    "held since by test/run/shares.test.ts",
  'job/run/shares.ts: return `a pod ${asks} and ${limit === undefined ? "has no limit" : `may use ${quantityText(limit)}`}`; => return `a pod ${asks} and ${false ? "has no limit" : `may use ${quantityText(limit)}`}`;':
    "held since by test/run/shares.test.ts",
  'job/run/shares.ts: return `a pod ${asks} and ${limit === undefined ? "has no limit" : `may use ${quantityText(limit)}`}`; => return `a pod ${asks} and ${limit !== undefined ? "has no limit" : `may use ${quantityText(limit)}`}`;':
    "held since by test/run/shares.test.ts",
  'job/run/shares.ts: return `a pod ${asks} and ${limit === undefined ? "has no limit" : `may use ${quantityText(limit)}`}`; => return `a pod ${asks} and ${true ? "has no limit" : `may use ${quantityText(limit)}`}`;':
    "held since by test/run/shares.test.ts",
  "job/run/shares.ts: return targets.every(({ averageUtilization }) => averageUtilization === undefined); => return targets.some(({ averageUtilization }) => averageUtilization === undefined);":
    "held since by test/run/shares.test.ts",
  "job/core/policy/amounts.ts: let mean = series === null || series.values.length === 0 ? demand : 0; => let mean = series === null || series.values.length !== 0 ? demand : 0;":
    "held since by test/core/policy/amounts.test.ts",
  "job/core/policy/level.ts: if (!(amount >= quantiles[0]!)) return 0.5; => if (!(amount >= quantiles[1]!)) return 0.5;":
    "held since by test/core/policy/level.test.ts",
  "job/core/policy/observe.ts: const most = Math.max(pods, config.maxReplicas * surge); => const most = Math.max(pods, config.maxReplicas / surge);":
    "held since by test/core/policy/observe.test.ts",
  "job/core/policy/persistence.ts: const moves = share === 1 ? null : movesOf(values, filled, part[1]); => const moves = false ? null : movesOf(values, filled, part[1]);":
    "saves the moves where all outcomes are known: their law then counts with the weight 0",
  "job/core/policy/quantiles.ts: if (![maxQuantiles, ...parts.map((part) => part.maxQuantiles)].flat().every(Number.isFinite)) => if (![maxQuantiles, ...parts.map((part) => part.maxQuantiles)].flat().some(Number.isFinite))":
    "held since by test/core/policy/quantiles.test.ts",
  "job/core/policy/surge.ts: if (count === 0) return 0; => if (count === 1) return 0;":
    "held since by test/core/policy/surge.test.ts",
  "job/run.ts: const written = !dryRun && ports.scaler.pretended !== true; => const written = !dryRun && ports.scaler.pretended === true;":
    "held since by test/run/once.test.ts",
  "job/run/budget.ts: const share = Math.max(0, left) * READING_SHARE; => const share = Math.min(0, left) * READING_SHARE;":
    "held since by test/run-budget.test.ts",
  "job/run/claim.ts: if (leftOut.size === 0) return { decisions, leftOut }; => if (leftOut.size === 1) return { decisions, leftOut };":
    "held since by test/run/claim.test.ts",
  "job/core/policy/backfill.ts: const decidesZero = minReplicas === 0 && metric.activation !== undefined; => const decidesZero = minReplicas === 0 || metric.activation !== undefined;":
    "held since by test/core/policy/backfill.test.ts",
  "job/core/policy/limits.ts: if (floor !== null && draft.replicas < floor.value) => if (floor !== null && draft.replicas <= floor.value)":
    "held since by test/core/policy/messages.test.ts",
  "job/core/policy/stage.ts: const digits = Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4))); => const digits = true ? value.toFixed(0) : String(Number(value.toPrecision(4)));":
    "held since by test/core/policy/messages.test.ts",
  "job/core/policy/target-stages.ts: limits: false, => limits: true,":
    "held since by test/core/policy/headline.test.ts",
  "job/core/policy/target-stages.ts: limits: true, => limits: false, #6":
    "held since by test/core/policy/headline.test.ts",
  "job/core/policy/types.ts: return metrics.reduce((most, metric) => (metric.replicas > most.replicas ? metric : most)); => return metrics.reduce((most, metric) => (true ? metric : most));":
    "held since by test/core/policy/messages.test.ts",
};
