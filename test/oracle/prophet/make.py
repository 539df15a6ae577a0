"""Asks Prophet (Python, from its wheel) about every case and writes its answers for the tests.

    python3 -m venv /tmp/prophet-venv && /tmp/prophet-venv/bin/pip install -r test/oracle/prophet/requirements.txt
    /tmp/prophet-venv/bin/python test/oracle/prophet/make.py

Never run by `npm test`. Writes fixtures/oracle/prophet/goldens.json.gz; the versions used are inside it.
"""

import gzip
import json
import logging
import os
import platform
import sys

import numpy as np
import pandas as pd
import prophet

from cases import all_cases

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
for name in ("cmdstanpy", "prophet"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


def stamp(seconds):
    return pd.to_datetime(np.asarray(seconds, dtype="float64").round().astype("int64"), unit="s")


def frame(rows):
    data = {"ds": stamp(rows["ds"]), **{k: rows[k] for k in ("y", "cap", "floor") if k in rows}}
    return pd.DataFrame({**data, **rows.get("columns", {})})


def build(options):
    given = dict(options)
    seasons, regressors = given.pop("seasonalities", []), given.pop("regressors", [])
    if "changepoints" in given:
        given["changepoints"] = list(stamp(given["changepoints"]))
    if "holidays" in given:
        given["holidays"] = pd.DataFrame([{**h, "ds": stamp([h["ds"]])[0]} for h in given["holidays"]])
    model = prophet.Prophet(**given)
    for s in seasons:
        model.add_seasonality(**s)
    for r in regressors:
        model.add_regressor(**r)
    return model


def objective(dat, p):
    """Minus the log posterior without constants, as in the Stan model, with the noise on its own scale (no Jacobian)."""
    t, y, X = np.asarray(dat.t), np.asarray(dat.y), np.asarray(dat.X, dtype=float)
    change, cap = np.asarray(dat.t_change), np.asarray(dat.cap)
    hinges = np.maximum(0, t[:, None] - change[None, :])
    if dat.trend_indicator == 2:
        trend = np.full(len(t), p["m"])
    elif dat.trend_indicator == 0:
        trend = p["k"] * t + p["m"] + hinges @ p["delta"]
    else:
        trend = cap / (1 + np.exp(-(p["k"] * (t - p["m"]) + hinges @ p["delta"])))
    beta = np.asarray(p["beta"])
    left = y - trend * (1 + X @ (beta * np.asarray(dat.s_m))) - X @ (beta * np.asarray(dat.s_a))
    sigma = p["sigma_obs"]
    prior = (p["k"] ** 2 + p["m"] ** 2) / 50 + np.abs(p["delta"]).sum() / dat.tau
    prior += ((beta / np.asarray(dat.sigmas)) ** 2).sum() / 2 + 2 * sigma**2
    return float(len(t) * np.log(sigma) + (left**2).sum() / (2 * sigma**2) + prior)


def short(values, digits=8):
    return [float(f"{float(v):.{digits}g}") for v in np.ravel(values)]


def answer(case):
    model = build(case["options"])
    kept = {}
    preprocess = model.preprocess

    def keep(df, **kwargs):
        kept["dat"] = preprocess(df, **kwargs)
        return kept["dat"]

    model.preprocess = keep
    fitted = {}
    backend_fit = model.stan_backend.fit

    def watch(init, dat, **kwargs):
        fitted["params"] = backend_fit(init, dat, **kwargs)
        return dict(fitted["params"])

    model.stan_backend.fit = watch
    model.fit(frame(case["history"]))
    raw = {k: np.ravel(v) for k, v in (fitted.get("params") or model.params).items() if k != "trend"}
    point = {k: raw[k] if k in ("delta", "beta") else float(raw[k][0]) for k in ("k", "m", "delta", "beta", "sigma_obs")}
    np.random.seed(1)
    whole = {"ds": case["history"]["ds"] + case["future"]["ds"]}
    for key in ("cap", "floor"):
        if key in case["history"]:
            whole[key] = case["history"][key] + case["future"][key]
    if "columns" in case["history"]:
        whole["columns"] = {k: v + case["future"]["columns"][k] for k, v in case["history"]["columns"].items()}
    out = model.predict(frame(whole))
    n = len(case["history"]["ds"])
    return {
        "stan": "params" in fitted,
        "params": {"k": point["k"], "m": point["m"], "sigma_obs": point["sigma_obs"],
                   "delta": short(point["delta"], 10), "beta": short(point["beta"], 10)},
        "objective": objective(kept["dat"], point) if "params" in fitted else None,
        "changepoints_t": short(kept["dat"].t_change, 12),
        "yhat": short(out["yhat"]),
        "trend": short(out["trend"][n:]),
        "yhat_lower": short(out["yhat_lower"][n:]),
        "yhat_upper": short(out["yhat_upper"][n:]),
        "additive_terms": short(out["additive_terms"][n:]),
        "multiplicative_terms": short(out["multiplicative_terms"][n:]),
    }


def compact(rows):
    """Even times as start, step and count."""
    ds = rows["ds"]
    steps = {b - a for a, b in zip(ds, ds[1:])}
    if len(steps) != 1:
        return rows
    return {**rows, "ds": {"start": ds[0], "step": steps.pop(), "count": len(ds)}}


def main():
    out = []
    for case in all_cases(os.path.join(ROOT, "fixtures/recorded")):
        out.append({**case, "history": compact(case["history"]), "future": compact(case["future"]), "prophet": answer(case)})
        print(f"{len(out):3d} {case['name']}: {out[-1]['prophet']['objective']}", file=sys.stderr)
    versions = {"prophet": prophet.__version__, "python": platform.python_version(), "numpy": np.__version__,
                "pandas": pd.__version__}
    text = json.dumps({"versions": versions, "cases": out}, separators=(",", ":"))
    path = os.path.join(ROOT, "fixtures/oracle/prophet/goldens.json.gz")
    with open(path, "wb") as f:
        f.write(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{len(out)} cases, {os.path.getsize(path)} bytes", file=sys.stderr)


main()
