"""The histories and options that Prophet itself is asked about: every option, several shapes, recorded series."""

import glob
import json
import math
import os

import numpy as np

START = 1_767_225_600  # 2026-01-01T00:00:00Z, a Thursday
DAY = 86_400


def rng(seed):
    return np.random.default_rng(seed)


def times(n, step, start=START):
    return [start + step * i for i in range(n)]


def history(ds, y, **more):
    return {"ds": ds, "y": [round(float(v), 6) for v in y], **more}


def future_of(ds, steps, **more):
    step = ds[-1] - ds[-2]
    return {"ds": [ds[-1] + step * (i + 1) for i in range(steps)], **more}


# Shapes: what a workload's CPU may look like, as functions of the index and a generator of randomness.
def sine(n, step, seed, period=300, level=4, swing=2, noise=0.25):
    t = np.arange(n) * step
    return level + swing * np.sin(2 * math.pi * t / period) + rng(seed).normal(0, noise, n)


def ramp(n, _step, seed, noise=0.2):
    return 1 + 6 * np.arange(n) / n + rng(seed).normal(0, noise, n)


def tent(n, _step, seed, noise=0.2):
    i = np.arange(n) / n
    return 2 + 5 * np.minimum(i, 1 - i) * 2 + rng(seed).normal(0, noise, n)


def shift(n, _step, seed, noise=0.2):
    return np.where(np.arange(n) < 0.55 * n, 2.0, 5.0) + rng(seed).normal(0, noise, n)


def square(n, step, seed, period=600, noise=0.2):
    return np.where((np.arange(n) * step) % period < period / 2, 6.0, 2.0) + rng(seed).normal(0, noise, n)


def spikes(n, _step, seed, noise=0.1):
    r = rng(seed)
    y = 1.5 + r.normal(0, noise, n)
    y[r.choice(n, n // 20, replace=False)] += r.uniform(2, 5, n // 20)
    return y


def wander(n, _step, seed, phi=0.9, noise=0.35):
    r = rng(seed)
    y = np.empty(n)
    x = 0.0
    for i in range(n):
        x = phi * x + r.normal(0, noise)
        y[i] = 5 + x
    return y


def waves(n, step, seed, noise=0.3):
    t = np.arange(n) * step
    long = 2 * np.sin(2 * math.pi * t / 1800)
    return 4 + long + 1.5 * np.sin(2 * math.pi * t / 600 + 1) + rng(seed).normal(0, noise, n)


def idle(n, _step, seed):
    r = rng(seed)
    return np.maximum(0, 0.05 + r.normal(0, 0.01, n) + (r.uniform(0, 1, n) < 0.03) * 3)


def saturating(n, _step, seed, noise=0.15):
    i = np.arange(n) / n
    return 8 / (1 + np.exp(-9 * (i - 0.4))) + rng(seed).normal(0, noise, n)


def growing_season(n, step, seed, period=600, noise=0.15):
    t = np.arange(n) * step
    trend = 2 + 6 * np.arange(n) / n
    return trend * (1 + 0.3 * np.sin(2 * math.pi * t / period)) + rng(seed).normal(0, noise, n)


def daily(n, step, seed, noise=0.3):
    t = np.arange(n) * step / DAY
    week = 0.6 * (np.floor(t) % 7 < 5)
    return 3 + 1.5 * np.sin(2 * math.pi * t) + 0.5 * np.cos(4 * math.pi * t) + week + rng(seed).normal(0, noise, n)


SHAPES = {
    "sine": sine, "ramp": ramp, "tent": tent, "shift": shift, "square": square, "spikes": spikes,
    "wander": wander, "waves": waves, "idle": idle,
}
NO_CALENDAR = {"yearly_seasonality": False, "weekly_seasonality": False, "daily_seasonality": False}


def season(period, order, **more):
    return {"name": "season", "period": period / DAY, "fourier_order": order, **more}


ORIGINAL = {**NO_CALENDAR, "changepoint_prior_scale": 0.5, "seasonalities": [season(300, 10)]}


def case(name, hist, options=None, steps=8, **future):
    return {"name": name, "history": hist, "options": options or {}, "future": future_of(hist["ds"], steps, **future)}


def shape_cases():
    for i, (name, make) in enumerate(SHAPES.items()):
        ds = times(120, 15)
        hist = history(ds, make(120, 15, 10 + i))
        yield case(f"{name}: defaults", hist)
        yield case(f"{name}: original", hist, ORIGINAL)
        own = {**NO_CALENDAR, "seasonalities": [season(600, 4)]}
        yield case(f"{name}: season of 600 s", hist, own)
        yield case(f"{name}: minute steps, supple", history(times(120, 60), make(120, 60, 40 + i)),
                   {**NO_CALENDAR, "changepoint_prior_scale": 0.5})


def hard_cases():
    """Posteriors with long flat valleys, in which an optimiser's stopping rule decides where it ends."""
    ds = times(120, 15)
    for seed in (61, 62):
        yield case(f"sine of 600 s: original ({seed})", history(ds, sine(120, 15, seed, period=600, level=4, swing=3)), ORIGINAL)
    whole = {**NO_CALENDAR, "seasonality_mode": "multiplicative", "seasonalities": [season(1800, 4)]}
    for name, seed in (("wander", 63), ("spikes", 64), ("square", 65)):
        yield case(f"{name}: multiplicative season as long as the history", history(ds, SHAPES[name](120, 15, seed)), whole)


def option_cases():
    ds = times(120, 15)
    tent_y, sine_y, season_y = tent(120, 15, 71), sine(120, 15, 72), growing_season(120, 15, 73)
    for scale in (0.001, 0.01, 1, 10):
        yield case(f"changepoint_prior_scale {scale}", history(ds, tent_y), {"changepoint_prior_scale": scale})
    for n in (0, 1, 5, 60):
        yield case(f"n_changepoints {n}", history(ds, tent_y), {"n_changepoints": n, "changepoint_prior_scale": 0.3})
    for share in (0.3, 0.95):
        yield case(f"changepoint_range {share}", history(ds, tent_y),
                   {"changepoint_range": share, "changepoint_prior_scale": 0.3})
    yield case("changepoints given", history(ds, tent_y),
               {"changepoints": [ds[80], ds[30] + 4, ds[60]], "changepoint_prior_scale": 0.5})
    yield case("changepoints none", history(ds, tent_y), {"changepoints": []})
    yield case("flat", history(ds, sine_y), {"growth": "flat"})
    yield case("flat with season", history(ds, sine_y), {"growth": "flat", **NO_CALENDAR, "seasonalities": [season(300, 3)]})
    yield case("minmax", history(ds, sine_y + 20), {"scaling": "minmax", "seasonalities": [season(300, 3)]})
    yield case("prior scale of the season 0.01", history(ds, sine_y), {"seasonalities": [season(300, 3, prior_scale=0.01)]})
    yield case("seasonality_prior_scale 0.05", history(ds, sine_y),
               {"seasonality_prior_scale": 0.05, "seasonalities": [season(300, 3)]})
    yield case("multiplicative", history(ds, season_y), {"seasonality_mode": "multiplicative", "seasonalities": [season(600, 3)]})
    yield case("multiplicative season of an additive model", history(ds, season_y),
               {"seasonalities": [season(600, 3, mode="multiplicative"), {**season(300, 2), "name": "half"}]})
    yield case("two seasons", history(ds, waves(120, 15, 74)),
               {"seasonalities": [season(1800, 2), {**season(600, 3), "name": "short"}], **NO_CALENDAR})
    yield case("negative values", history(ds, sine_y - 6), {"seasonalities": [season(300, 3)]})
    yield case("interval 0.95, 200 samples", history(ds, tent_y), {"interval_width": 0.95, "uncertainty_samples": 200})
    yield case("constant", history(ds, np.full(120, 3.5)))
    yield case("all zero", history(ds, np.zeros(120)))
    yield case("constant, flat", history(ds, np.full(120, 3.5)), {"growth": "flat"})
    gaps = [d for i, d in enumerate(ds) if not 40 <= i < 52 and i % 7]
    yield case("gaps", history(gaps, sine(len(gaps), 15, 75)), {"seasonalities": [season(300, 3)]})
    for n in (3, 8, 20, 50):
        yield case(f"{n} points", history(times(n, 15), ramp(n, 15, 76)))
    line = history(ds, 2 + 0.03 * np.arange(120))
    yield case("a line without noise", line)
    yield case("a sine without noise", history(ds, sine(120, 15, 0, noise=0)), {**NO_CALENDAR, "seasonalities": [season(300, 2)]})
    yield case("more unknowns than points", history(times(20, 15), sine(20, 15, 79)), ORIGINAL)
    yield case("50 points with season", history(times(50, 15), sine(50, 15, 77)), {"seasonalities": [season(300, 3)]})
    yield case("500 points", history(times(500, 15), waves(500, 15, 78)), {**NO_CALENDAR, "seasonalities": [season(1800, 4)]})


def logistic_cases():
    ds = times(120, 15)
    y = saturating(120, 15, 81)
    cap, ahead = {"cap": [9.0] * 120}, {"cap": [9.0] * 8}
    yield case("logistic", history(ds, y, **cap), {"growth": "logistic"}, **ahead)
    yield case("logistic, supple", history(ds, y, **cap), {"growth": "logistic", "changepoint_prior_scale": 0.5}, **ahead)
    yield case("logistic with floor", history(ds, y + 3, cap=[12.0] * 120, floor=[3.0] * 120),
               {"growth": "logistic"}, cap=[12.0] * 8, floor=[3.0] * 8)
    yield case("logistic, minmax", history(ds, y + 3, cap=[12.0] * 120), {"growth": "logistic", "scaling": "minmax"},
               cap=[12.0] * 8)
    rising = [8.5 + 0.02 * i for i in range(128)]
    yield case("logistic, rising cap", history(ds, y, cap=rising[:120]), {"growth": "logistic"}, cap=rising[120:])
    yield case("logistic with season", history(ds, y + 0.5 * sine(120, 15, 82, level=0, swing=1), **cap),
               {"growth": "logistic", **NO_CALENDAR, "seasonalities": [season(300, 2)]}, **ahead)
    yield case("logistic, multiplicative", history(ds, y * (1 + 0.1 * sine(120, 15, 83, level=0, swing=1)), **cap),
               {"growth": "logistic", "seasonality_mode": "multiplicative", "seasonalities": [season(300, 2)]}, **ahead)
    yield case("logistic, falling", history(ds, y[::-1], **cap), {"growth": "logistic"}, **ahead)


def calendar_cases():
    hours = times(24 * 21, 3600)
    yield case("three weeks by the hour", history(hours, daily(len(hours), 3600, 91)), {}, 24)
    yield case("three weeks, multiplicative", history(hours, daily(len(hours), 3600, 92)),
               {"seasonality_mode": "multiplicative"}, 24)
    yield case("three weeks, daily order 2", history(hours, daily(len(hours), 3600, 93)), {"daily_seasonality": 2}, 24)
    few = times(24 * 3, 3600)
    yield case("three days", history(few, daily(len(few), 3600, 94)), {}, 12)
    yield case("weekly forced", history(few, daily(len(few), 3600, 95)), {"weekly_seasonality": True}, 12)
    days = times(800, DAY)
    i = np.arange(800)
    y = 5 + i / 400 + np.sin(2 * math.pi * i / 365.25) + 0.4 * (i % 7 < 2) + rng(96).normal(0, 0.2, 800)
    yield case("800 days", history(days, y), {}, 30)
    yield case("yearly off", history(days, y), {"yearly_seasonality": False}, 30)
    own = {"name": "weekly", "period": 7, "fourier_order": 2, "prior_scale": 1}
    yield case("own weekly", history(hours, daily(len(hours), 3600, 97)), {"seasonalities": [own]}, 24)


def column_cases():
    ds = times(120, 15)
    base = sine(120, 15, 101)
    busy = [(i // 40) % 2 == 0 for i in range(128)]
    y = base + np.where(busy[:120], 1.5 * np.sin(2 * math.pi * np.arange(120) * 15 / 150), 0)
    conditional = [season(300, 3), {**season(150, 2), "name": "busy_season", "condition_name": "busy"}]
    yield case("conditional season", history(ds, y, columns={"busy": busy[:120]}),
               {**NO_CALENDAR, "seasonalities": conditional}, columns={"busy": busy[120:]})
    r = rng(102)
    jobs = [round(float(v), 4) for v in r.uniform(0, 50, 128)]
    flag = [int(v) for v in r.uniform(0, 1, 128) < 0.3]
    y = ramp(120, 15, 103) + 0.05 * np.array(jobs[:120]) + 1.5 * np.array(flag[:120])
    both = {"jobs": jobs, "flag": flag}
    cut = lambda part: {k: v[part] for k, v in both.items()}  # noqa: E731
    hist, ahead = history(ds, y, columns=cut(slice(0, 120))), cut(slice(120, 128))
    yield case("regressors", hist, {"regressors": [{"name": "jobs"}, {"name": "flag"}]}, columns=ahead)
    yield case("regressors, tight and raw", hist,
               {"regressors": [{"name": "jobs", "prior_scale": 0.02, "standardize": False},
                               {"name": "flag", "standardize": True}]}, columns=ahead)
    yield case("regressor, multiplicative", hist,
               {"regressors": [{"name": "jobs", "mode": "multiplicative"}, {"name": "flag", "mode": "additive"}]}, columns=ahead)
    one = history(ds, y, columns={"jobs": [2] * 120})
    yield case("regressor that never changes", one, {"regressors": [{"name": "jobs"}]}, columns={"jobs": [2] * 8})
    days = times(120, DAY)
    y = 5 + 0.01 * np.arange(120) + rng(104).normal(0, 0.2, 120)
    for at in (20, 60, 100):
        y[at - 1:at + 3] += (0.5, 3, 2, 1)
    sale = [{"holiday": "sale", "ds": days[0] + DAY * at, "lower_window": -1, "upper_window": 2} for at in (20, 60, 100, 124)]
    yield case("events with windows", history(days, y), {"holidays": sale}, 14)
    yield case("events, tight prior", history(days, y), {"holidays": sale, "holidays_prior_scale": 0.05}, 14)
    yield case("events, own prior, multiplicative", history(days, y),
               {"holidays": [{**h, "prior_scale": 0.5} for h in sale], "holidays_mode": "multiplicative"}, 14)
    hours = times(24 * 10, 3600)
    two = [{"holiday": "launch", "ds": START + 4 * DAY + 7200}, {"holiday": "rest", "ds": START + 7 * DAY},
           {"holiday": "launch", "ds": START + 10 * DAY}]
    hour_y = daily(240, 3600, 105)
    hour_y[96:120] += 2
    yield case("events by the hour", history(hours, hour_y), {"holidays": two}, 24)


def recorded_cases(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path) as f:
            result = json.load(f).get("data", {}).get("result", [])
        name = os.path.basename(path)[:-5]
        if len(result) != 1 or len(result[0]["values"]) < 100:
            continue
        rows = [(round(t), float(v)) for t, v in result[0]["values"] if v not in ("NaN", "+Inf", "-Inf")]
        for at, tail in (("first", rows[:120]), ("last", rows[-120:])):
            hist = history([t for t, _ in tail], [v for _, v in tail])
            for kind, options in (("defaults", {}), ("original", ORIGINAL)):
                yield case(f"recorded {name}, {at} rows: {kind}", hist, options, 4)


def all_cases(folder):
    for group in (shape_cases, hard_cases, option_cases, logistic_cases, calendar_cases, column_cases):
        yield from group()
    yield from recorded_cases(folder)
