/** Cases with wrong settings: what is refused before anything is read or written, and the message. */
import { failed, refused, scaled } from "../fault-case.ts";
import { CANARIES } from "../world.ts";
import { casesOf, type Line } from "./lines.ts";

const own = { scaleTargetRef: { name: "stress-app" }, targetCpu: 0.5, minReplicas: 2, maxReplicas: 20 };
/** The target with other fields. */
const target = (more: object): Line[2] => ({ settings: { targets: [{ ...own, ...more }] } });
const prometheus = (more: object): Line[2] => ({ settings: { prometheus: more } });
const kubernetes = (more: object): Line[2] => ({ settings: { kubernetes: more } });
const file = (text: string): Line[2] => ({ file: text });

/** A token in a file, and nothing else of the bench's settings. */
const tokenFile = JSON.stringify({
  prometheus: { url: "$prometheus", bearerTokenFile: "/no/such/token" },
  targets: [own],
});

const VALUES: readonly Line[] = [
  ["maxReplicas below minReplicas", refused(/maxReplicas/), target({ minReplicas: 9, maxReplicas: 3 })],
  ["maxReplicas of 0", refused(/maxReplicas/), target({ maxReplicas: 0 })],
  ["negative minReplicas", refused(/minReplicas/), target({ minReplicas: -1 })],
  ["half a replica", refused(/minReplicas/), target({ minReplicas: 2.5 })],
  ["a text for maxReplicas", refused(/maxReplicas/), target({ maxReplicas: "many" })],
  ["maxReplicas left empty: its default", scaled(5), target({ maxReplicas: null })],
  ["targetCpu of 0", refused(/targetCpu/), target({ targetCpu: 0 })],
  ["negative targetCpu", refused(/targetCpu/), target({ targetCpu: -0.5 })],
  ["400 for 400m", refused(/targetCpu/), target({ targetCpu: 400, podCpuLimit: 1 })],
  ["targetCpu above podCpuLimit", refused(/podCpuLimit|targetCpu/), target({ targetCpu: 2, podCpuLimit: 1 })],
  ["targetCpu in a unit that is not known", refused(/targetCpu/), target({ targetCpu: "400mm" })],
  ["no targetCpu", refused(/targetCpu/), { settings: { targets: [{ ...own, targetCpu: undefined }] } }],
  ["quantile above 1", refused(/quantile/), target({ quantile: 1.7 })],
  ["quantile of 0.1", refused(/quantile/), target({ quantile: 0.1 })],
  [
    "scaleDownQuantile below quantile",
    refused(/scaleDownQuantile|quantile/i),
    target({ quantile: 0.9, scaleDownQuantile: 0.6 }),
  ],
  ["negative history", refused(/history/), target({ history: -60 })],
  ["a step longer than the history", refused(/step|history/), target({ history: 60, step: 300 })],
  ["more steps than Prometheus answers", refused(/11000/), target({ history: 43_200, step: 1 })],
  ["a step of 0", refused(/step/), target({ step: 0 })],
  ["a pod start of a million seconds", refused(/podStart/), target({ podStart: 1_000_000 })],
  ["an interval of a year", refused(/interval/), target({ interval: 31_536_000 })],
  ["a method that is not known", refused(/method/), target({ method: "magic" })],
  ["a mode that is not known", refused(/mode/), target({ mode: "active" })],
  ["an actuator that is not known", refused(/actuator/), target({ actuator: "vpa" })],
  [
    "a policy of 0 seconds",
    refused(/periodSeconds/),
    target({ behavior: { scaleDown: { policies: [{ type: "Pods", value: 1, periodSeconds: 0 }] } } }),
  ],
  [
    "a policy type that is not known",
    refused(/type/),
    target({ behavior: { scaleUp: { policies: [{ type: "Podz", value: 1, periodSeconds: 60 }] } } }),
  ],
  [
    "a schedule without days",
    refused(/days/),
    target({ schedule: [{ name: "a", recurring: { from: "08:00", to: "18:00" }, minReplicas: 3 }] }),
  ],
  [
    "a schedule on a day that is none",
    refused(/Frei/),
    target({ schedule: [{ name: "a", recurring: { days: ["Frei"], from: "08:00", to: "18:00" }, minReplicas: 3 }] }),
  ],
  [
    "a schedule on 31 February",
    refused(/02-31|date/),
    target({ schedule: [{ name: "a", once: { from: "2027-02-31T08:00", to: "2027-03-01T08:00" }, minReplicas: 3 }] }),
  ],
  [
    "a time zone that is not known",
    refused(/timeZone|zone/i),
    target({
      schedule: [
        {
          name: "a",
          timeZone: "Europe/Bärlin",
          recurring: { days: ["Mon"], from: "08:00", to: "18:00" },
          minReplicas: 3,
        },
      ],
    }),
  ],
  [
    "a calendar's floor above maxReplicas",
    refused(/maxReplicas|schedule/),
    target({ schedule: [{ name: "a", recurring: { days: ["Mon"], from: "08:00", to: "18:00" }, minReplicas: 90 }] }),
  ],
  ["a namespace with a slash", refused(/namespace/), target({ namespace: "../kube-system" })],
  ["a name with a query in it", refused(/name/), target({ scaleTargetRef: { name: "a?dryRun=All" } })],
  ["a name with a newline", refused(/name/), target({ scaleTargetRef: { name: "stress-app\nWARN forged" } })],
];

const PLACES: readonly Line[] = [
  ["an unknown field", refused(/minReplica.*minReplicas|minReplicas/), target({ minReplica: 3 })],
  ["an unknown section", refused(/promtheus/), { settings: { promtheus: {} } }],
  [
    "a thousand unknown fields",
    refused(/./),
    target(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field${i}`, i]))),
  ],
  ["no targets", refused(/scaleTargetRef/), { settings: { targets: [] } }],
  ["targets that are an object", refused(/targets/), { settings: { targets: { a: own } } }],
  ["a target twice", refused(/stress-app|twice|same/), { settings: { targets: [own, own] } }],
  ["no URL", refused(/url/), prometheus({ url: "" })],
  ["a URL of another scheme", refused(/url/), prometheus({ url: "file:///etc/passwd" })],
  [
    "user and password in the URL",
    refused(/user|password/),
    prometheus({ url: `http://job:${CANARIES.bearer}@$host` }),
  ],
  [
    "two ways to authenticate",
    refused(/basic|bearer/i),
    prometheus({ basic: { username: "a", password: CANARIES.header } }),
  ],
  [
    "a password of the wrong type",
    refused(/password/),
    prometheus({ bearerToken: undefined, basic: { username: "a", password: [CANARIES.bearer] } }),
  ],
  ["headers that are a list", refused(/headers/), prometheus({ headers: [CANARIES.header] })],
  ["a header with a newline", refused(/headers/), prometheus({ headers: { "X-A": `${CANARIES.header}\r\nX-B: 1` } })],
  ["a token file that is not there", failed(/there is no such file/), { file: tokenFile }],
  ["a timeout of 0", refused(/timeout/), prometheus({ timeout: 0 })],
  ["eleven retries", refused(/retries/), prometheus({ retries: 11 })],
  ["a rate window of a second", refused(/rateWindow/), prometheus({ rateWindow: 1 })],
  ["a text for a switch", refused(/events/), kubernetes({ events: "maybe" })],
  ["a context that is not there", failed(/context/), kubernetes({ context: "none" })],
  ["a query of a parameter that is not known", failed(/400/), { query: "sum($load$offset$foo)" }],
];

const FILES: readonly Line[] = [
  ["an empty file", refused(/./), file("")],
  ["a file that is not YAML", refused(/./), file("prometheus: [")],
  ["a file of another kind", refused(/./), file("\u0089PNG\r\n\u001a\n")],
  ["tabs for spaces", refused(/./), file("prometheus:\n\turl: $prometheus\n")],
  ["an alias that is not there", refused(/./), file("prometheus: *missing\n")],
  [
    "an alias that grows without end",
    refused(/./),
    file(
      `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
        .split("")
        .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[i]}`).join(",")}]`)
        .join("\n")}\n`,
    ),
  ],
  ["a field twice", refused(/./), file("prometheus:\n  url: http://a\n  url: http://b\n")],
  [
    "broken YAML beside a token",
    refused(/./),
    file(`prometheus:\n  bearerToken: ${CANARIES.bearer}\n  url: "unclosed\n`),
  ],
  ["a token as the file", refused(/./), file(`${CANARIES.bearer}\n`)],
  ["lists in lists, 50,000 deep", refused(/./), file("[".repeat(50_000))],
  ["a megabyte of targets", refused(/./), file(`targets:\n${"  - a\n".repeat(170_000)}`)],
  [
    "a file that is not there",
    refused(/there is no such file/),
    { args: ["--once", "--json", "--config", "/no/such/config.yaml"] },
  ],
  ["a folder for a file", refused(/it is a folder/), { args: ["--once", "--json", "--config", "/tmp"] }],
];

const WORDS: readonly Line[] = [
  [
    "an unknown flag",
    refused(/--tarket-cpu.*--target-cpu|target-cpu/),
    { args: ["--once", "--json", "--tarket-cpu", "1"] },
  ],
  ["an unknown command", refused(/./), { args: ["scale", "--json"] }],
  ["a flag without its value", refused(/--max/), { args: ["--once", "--json", "--max"] }],
  ["--every not shorter than --for", refused(/every|for/), { args: ["--json", "--every", "60", "--for", "30"] }],
  ["--every beside --once", refused(/--every/), { args: ["--once", "--json", "--every", "5", "--for", "20"] }],
  ["a variable that is mistyped", refused(/PROPHET_AUTOSCALER/), { env: { PROPHET_AUTOSCALER_TARGT_CPU: "1" } }],
  [
    "a variable with a wrong value",
    refused(/PROPHET_AUTOSCALER_QUANTILE|quantile/i),
    { env: { PROPHET_AUTOSCALER_QUANTILE: "two" } },
  ],
  ["--dry-run", { exit: 0, outcomes: [{ action: "wouldScale" }] }, { args: ["--once", "--json", "--dry-run"] }],
  ["an old Node's options", scaled(5), { env: { NODE_OPTIONS: "--max-old-space-size=128" } }],
];

/** The cases of the kind `settings`: values, places, files and words that are refused. */
export const SETTINGS = casesOf("settings", VALUES, PLACES, FILES, WORDS);
