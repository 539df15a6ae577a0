"""Peers in Python: reads {"windows": [{"values", "step", "ahead", "season"}]} on stdin, writes {"versions", "means": {peer: [mean or null]}}."""

import json
import logging
import sys
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
from prophet import Prophet
from statsforecast.models import AutoARIMA, AutoETS, AutoTheta

warnings.filterwarnings("ignore")
for name in ("cmdstanpy", "prophet"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


def by_prophet(window):
    ds = pd.to_datetime(1767225600 + window["step"] * np.arange(len(window["values"]) + window["ahead"]), unit="s")
    known = len(window["values"])
    model = Prophet(uncertainty_samples=0)
    model.fit(pd.DataFrame({"ds": ds[:known], "y": window["values"]}))
    return model.predict(pd.DataFrame({"ds": ds[known:]}))["yhat"].to_numpy()


def by(make):
    return lambda w: make(w["season"]).forecast(np.asarray(w["values"], dtype=float), w["ahead"])["mean"]


PEERS = {
    "AutoETS": by(lambda season: AutoETS(season_length=season)),
    "AutoTheta": by(lambda season: AutoTheta(season_length=season)),
    # its seasonal search takes minutes a window
    "AutoARIMA, no season": by(lambda season: AutoARIMA(season_length=1)),
    "Prophet": by_prophet,
}


def mean(forecast, window):
    try:
        value = float(np.mean(forecast(window)))
        return value if np.isfinite(value) else None
    except Exception:
        return None


windows = json.load(sys.stdin)["windows"]
means = {name: [mean(forecast, w) for w in windows] for name, forecast in PEERS.items()}
versions = {name: version(name) for name in ("prophet", "statsforecast")}
print(json.dumps({"versions": versions, "means": means}))
