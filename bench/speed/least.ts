/** The calls of a live run and nothing else, by Node's own http and https: the least that a program of Node could take. */

/** JavaScript for `node -e`; its arguments are Prometheus' URL and the namespace. */
export function leastRun(): string {
  return `
const fs = require("node:fs"), http = require("node:http"), https = require("node:https");
const [base, namespace] = process.argv.slice(1);
const account = (file) => fs.readFileSync("/var/run/secrets/kubernetes.io/serviceaccount/" + file, "utf8");
const plain = new http.Agent({ keepAlive: true }), secure = new https.Agent({ keepAlive: true, ca: account("ca.crt") });
const authorization = "Bearer " + account("token");
const call = (module, options, body) => new Promise((resolve, reject) => {
  const request = module.request(options, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (part) => { text += part; }).on("end", () => {
      if (answer.statusCode !== 200) reject(new Error(options.path + " gave " + answer.statusCode + " " + text));
      else resolve(JSON.parse(text));
    });
  });
  request.on("error", reject).end(body);
});
const { hostname, port } = new URL(base);
const ask = (path, form) => call(http, { hostname, port, path, method: "POST", agent: plain, headers: { "content-type": "application/x-www-form-urlencoded" } }, new URLSearchParams(form).toString());
const api = (method, path, body, type) => call(https, { host: process.env.KUBERNETES_SERVICE_HOST, port: process.env.KUBERNETES_SERVICE_PORT, path, method, agent: secure, headers: { authorization, ...(body && { "content-type": type }) } }, body && JSON.stringify(body));
const deployment = "/apis/apps/v1/namespaces/" + namespace + "/deployments/stress-app";
const state = "/api/v1/namespaces/" + namespace + "/configmaps/prophet-autoscaler-state";
(async () => {
  const now = (await ask("/api/v1/query", { query: "vector(1)" })).data.result[0].value[0];
  const query = "sum(rate(container_cpu_usage_seconds_total{namespace=\\"" + namespace + "\\"}[1m]))";
  const [{ spec }] = await Promise.all([
    api("GET", deployment + "/scale"),
    api("GET", state),
    ask("/api/v1/query_range", { query, start: now - 1785, end: now, step: 15 }),
    ask("/api/v1/query", { query: "kube_pod_created" }),
  ]);
  await api("PATCH", state, { metadata: { labels: {} } }, "application/merge-patch+json");
  await api("PATCH", deployment + "/scale", [{ op: "test", path: "/spec/replicas", value: spec.replicas }, { op: "replace", path: "/spec/replicas", value: spec.replicas + 1 }], "application/json-patch+json");
  process.exit(0);
})();
`;
}
