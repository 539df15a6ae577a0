/** docs/evening.md as CI runs it: the page's commands in one shell, with minutes in place of the waits. `node test/cluster/evening.ts` runs all of them, on kind. */
import { spawnSync } from "node:child_process";
import { type PageReading, pageBlocksOf, scriptOf } from "./page.ts";

const PAGE = "docs/evening.md";

/** Waits until COMMAND's output has PATTERN. */
const UNTIL = (seconds: number, command: string, pattern: string): string =>
  `timeout ${seconds} bash -c 'until ${command} | grep -qE "${pattern}"; do sleep 1; done'`;

const RUN_LOGS = "kubectl -n prophet-demo logs -l app.kubernetes.io/name=prophet-autoscaler --tail=-1 2>/dev/null";

/** What the page leaves to an hour of waiting happens here in a minute or two; `from` is the first step that is run. */
export function evening(from: number): PageReading {
  return {
    from,
    instead: [
      // a first run, before the page looks at it
      [
        "kubectl -n prophet-demo get jobs\n",
        `${UNTIL(150, "kubectl -n prophet-demo get jobs", "Complete")}\nkubectl -n prophet-demo get jobs\n`,
      ],
      ["port-forward service/stress-app 8080:80 &", "port-forward service/stress-app 8080:80 & sleep 2"],
      ["port-forward service/prometheus-operated 9090 &", "port-forward service/prometheus-operated 9090 & sleep 2"],
      ["--duration 3600", "--duration 120"],
      ["--range 30m --warmup 10m", "--range 10m --warmup 1m"],
      ["--watch", "--watch-only=false"],
    ],
    after: {
      4: UNTIL(90, RUN_LOGS, "NoData|TooFewSamples|Forecast"),
      5: '[ "$(kubectl -n prophet-demo get deployment stress-app -o jsonpath={.spec.replicas})" = 1 ]',
      6: 'kubectl -n prophet-demo get configmap prophet-autoscaler -o yaml | grep -q "mode: ForecastOnly" && exit 1; true',
      7: "",
    },
  };
}

/** The page's script, beginning with step `from`. */
export function eveningScript(from: number): string {
  return scriptOf(pageBlocksOf(PAGE), evening(from));
}

if (import.meta.main) process.exitCode = spawnSync("bash", ["-c", eveningScript(1)], { stdio: "inherit" }).status ?? 1;
