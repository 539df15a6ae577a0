/** What the original project does once, in its own Python libraries: fit and predict alone, and over real servers. */
import { TELL_PYTHON } from "./processes.ts";

const IMPORTS = `
import datetime, json, logging, math, resource, sys
logging.disable(logging.CRITICAL)
import pandas as pd
from prophet import Prophet
`;

/** Its settings: 120 points of 15 s, a season of 300 s by 10 pairs of sine and cosine, four steps ahead. */
const FIT = `
frame = pd.DataFrame({"ds": pd.to_datetime([float(p[0]) for p in points], unit="s"), "y": [float(p[1]) for p in points]})
model = Prophet(daily_seasonality=False, weekly_seasonality=False, yearly_seasonality=False, changepoint_prior_scale=0.5)
model.add_seasonality(name="short", period=300 / 86400, fourier_order=10)
model.fit(frame)
future = model.make_future_dataframe(periods=4, freq="15s", include_history=False)
largest = max(model.predict(future)["yhat"])
print(largest)
`;

/** The text of a Python program that fits and predicts. Its argument is a file with Prometheus' answer. */
export function originalFit(): string {
  return `${IMPORTS}
points = json.load(open(sys.argv[1]))["data"]["result"][0]["values"][-120:]
${FIT}${TELL_PYTHON}`;
}

/** The Python modules that `originalRun` needs. */
export const ORIGINAL_MODULES = ["kubernetes", "prometheus_api_client", "prophet"];

/**
 * The text of a Python program that asks Prometheus, forecasts, and sets the replicas. Its arguments are Prometheus' URL and the
 * namespace.
 */
export function originalRun(): string {
  return `${IMPORTS}
from kubernetes import client, config
from prometheus_api_client import PrometheusConnect
config.load_incluster_config()
prometheus = PrometheusConnect(url=sys.argv[1], disable_ssl=True)
end = datetime.datetime.now()
query = 'sum(rate(container_cpu_usage_seconds_total{pod=~"stress-app.*", container!="POD"}[1m]))'
answer = prometheus.custom_query_range(query=query, start_time=end - datetime.timedelta(minutes=30), end_time=end, step="15s")
points = answer[0]["values"]
${FIT}
desired = min(10, max(1, math.ceil(largest / 0.05)))
client.AppsV1Api().patch_namespaced_deployment_scale("stress-app", sys.argv[2], {"spec": {"replicas": desired}})
${TELL_PYTHON}`;
}
