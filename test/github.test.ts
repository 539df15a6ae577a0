/** .github: every step calls a script of the project that is there, every action is pinned by commit, no job may write more than it needs. */
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, ".github/workflows");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(join(FOLDER, name), "utf8");
  return { name, text, content: parse(text) as Workflow };
});
const steps = workflows.flatMap(({ name, content }) =>
  Object.values(content.jobs).flatMap((job) => job.steps.map((step) => ({ name, step }))),
);
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** What is wrong with a step's command: a sentence, or null. */
function wrongWith(run: string): string | null {
  if (run.trim().includes("\n") || /[;&|]/.test(run)) return `${run}: more than one command`;
  const [program, ...args] = run.trim().split(/\s+/);
  if (program === "npm" && args[0] === "ci") return null;
  if (program === "npm") {
    const script = args[0] === "run" ? args[1]! : args[0]!;
    return Object.hasOwn(scripts, script) ? null : `${run}: package.json has no script ${script}`;
  }
  const path = join(ROOT, program!);
  if (!existsSync(path)) return `${run}: no such file`;
  try {
    accessSync(path, constants.X_OK);
    return null;
  } catch {
    return `${run}: cannot be run`;
  }
}

describe("workflows", () => {
  it("are there for changes, for each night and for a release", () =>
    expect(workflows.map(({ name }) => name).sort()).toEqual(
      expect.arrayContaining(["checks.yml", "everything.yml", "release.yml"]),
    ));

  it("call one script of the project a step", () => {
    const commands = steps.flatMap(({ step }) => (step.run === undefined ? [] : [step.run]));
    expect(commands.length).toBeGreaterThan(20);
    expect(commands.map(wrongWith).filter((wrong) => wrong !== null)).toEqual([]);
  });

  it("would be found out", () => {
    expect(wrongWith("npm run nothing")).toMatch(/no script/);
    expect(wrongWith("scripts/nothing.sh")).toMatch(/no such file/);
    expect(wrongWith("scripts/release.ts")).toMatch(/cannot be run/);
    expect(wrongWith("npm ci && npm test")).toMatch(/more than one/);
  });

  it("pin each action by its commit, with the version beside it", () => {
    const lines = workflows.flatMap(({ text }) => text.match(/uses: .*/g) ?? []);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    // one action, one commit
    const pins = Map.groupBy(new Set(lines), (line) => line.split("@")[0]);
    expect([...pins.values()].filter((list) => list.length > 1)).toEqual([]);
  });

  it("may read only, but for the release; bound their time; leave no token in the checkout", () => {
    for (const { name, content } of workflows) {
      expect(content.permissions, name).toEqual({ contents: "read" });
      for (const [job, { steps: list, ...rest }] of Object.entries(content.jobs)) {
        expect(rest["timeout-minutes"], `${name}, ${job}`).toBeGreaterThan(0);
        expect("permissions" in rest, `${name}, ${job}`).toBe(name === "release.yml");
        const checkout = list.find((step) => step.uses?.startsWith("actions/checkout@"));
        expect(checkout?.with, `${name}, ${job}`).toEqual({ "persist-credentials": false });
      }
    }
  });
});

describe("owners and updates", () => {
  it("name folders and files that are there", () => {
    const owned = readFileSync(join(ROOT, ".github/CODEOWNERS"), "utf8").match(/^\/\S+/gm) ?? [];
    expect(owned.length).toBeGreaterThan(3);
    const { updates } = parse(readFileSync(join(ROOT, ".github/dependabot.yml"), "utf8")) as {
      readonly updates: readonly { readonly directory?: string; readonly directories?: readonly string[] }[];
    };
    const folders = updates.flatMap(({ directory, directories = [] }) => [
      ...directories,
      ...(directory ? [directory] : []),
    ]);
    expect([...owned, ...folders].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it("every module of the test cluster is updated", () => {
    const text = readFileSync(join(ROOT, ".github/dependabot.yml"), "utf8");
    const modules = readdirSync(join(ROOT, "test/cluster/go"));
    expect(modules.filter((name) => !text.includes(`/test/cluster/go/${name}`))).toEqual([]);
  });

  it("promtool is of the Prometheus that is built", () => {
    const [server, tool] = ["prometheus", "promtool"].map((name) => {
      const text = readFileSync(join(ROOT, `test/cluster/go/${name}/go.mod`), "utf8");
      return /github\.com\/prometheus\/prometheus v\S+/.exec(text)?.[0];
    });
    expect(tool).toMatch(/v\d/);
    expect(tool).toBe(server);
  });
});

describe("issue forms", () => {
  const folder = join(ROOT, ".github/ISSUE_TEMPLATE");
  const forms = readdirSync(folder).filter((name) => name !== "config.yml");

  it.each(forms)("%s asks for something, each field by its own name", (name) => {
    const form = parse(readFileSync(join(folder, name), "utf8")) as {
      readonly name: string;
      readonly description: string;
      readonly body: readonly {
        readonly type: string;
        readonly id?: string;
        readonly attributes: { readonly label?: string };
      }[];
    };
    expect(form.name).toBeTruthy();
    expect(form.description).toBeTruthy();
    const fields = form.body.filter(({ type }) => type !== "markdown");
    expect(fields.length).toBeGreaterThan(1);
    expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
    for (const { type, attributes } of fields) {
      expect(["textarea", "input", "dropdown", "checkboxes"]).toContain(type);
      expect(attributes.label).toBeTruthy();
    }
  });
});
