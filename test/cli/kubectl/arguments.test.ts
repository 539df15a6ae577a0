/** `kubectl prophet`'s arguments: kubectl's own ways of writing flags and workloads, ours passed on, mistakes named. */
import { describe, expect, it } from "vitest";
import { OFFERED, type PluginArguments, readArguments, usage } from "../../../job/cli/kubectl/arguments.ts";
import { parse } from "../../../job/cli/parse.ts";

const read = (line: string) => readArguments(line === "" ? [] : line.split(" ")) as PluginArguments;

describe("readArguments", () => {
  it.each([
    "explain deploy/web -n shop",
    "explain -n shop deploy/web",
    "explain deploy/web -n=shop",
    "explain deploy/web -nshop",
    "explain deploy/web --namespace shop",
    "--namespace=shop explain deploy/web",
  ])("%s", (line) => {
    expect(read(line)).toMatchObject({
      spec: { name: "explain" },
      object: ["deploy/web"],
      namespace: "shop",
      flags: [],
    });
  });

  it.each([
    ["explain deployment web", ["deployment", "web"]],
    ["explain deployments.apps/web", ["deployments.apps/web"]],
    ["explain", []],
  ])("%s: the workload as kubectl takes it", (line, object) => expect(read(line).object).toEqual(object));

  it.each(["json", "yaml", "wide"])("-o %s, -o%s and --output=%s", (form) => {
    for (const flag of [`-o ${form}`, `-o${form}`, `-o=${form}`, `--output ${form}`, `--output=${form}`])
      expect(read(`explain deploy/web ${flag}`).output).toBe(form);
  });

  it("context and kubeconfig go to kubectl and to our own connection", () => {
    const { connection } = read("doctor --context prod deploy/web --kubeconfig=/k");
    expect(connection).toEqual(["--context", "prod", "--kubeconfig", "/k"]);
  });

  it("our flags keep their values, and a switch takes none", () => {
    const { flags, object } = read(
      "replay --range 7d --from-prometheus deploy/web --policies=auto,hpa --log-level debug",
    );
    expect(flags).toEqual(["--range", "7d", "--from-prometheus", "--policies=auto,hpa", "--log-level", "debug"]);
    expect(object).toEqual(["deploy/web"]);
  });

  it("the same flag may be a switch of one command and take a value of another", () => {
    expect(read("advise --from-prometheus 7d deploy/web").object).toEqual(["deploy/web"]);
    expect(read("replay --from-prometheus deploy/web").flags).toEqual(["--from-prometheus"]);
  });

  it.each(OFFERED.map(({ name }) => name))(
    "all that is added for a workload is known to %s, which needs no file",
    (name) => {
      const argv = [name, "--context=c", "--kubeconfig=k", "--config=f", "--prometheus=http://p", "--json"];
      const named = ["--namespace=shop", "--kind=Deployment", "--api-version=apps/v1", "--deployment=web"];
      expect(parse({ argv: [...argv, ...named], version: "", columns: 80 })).toMatchObject({ spec: { name } });
    },
  );

  it.each(["", "-h", "explain --help"])("%j: what it can do", (line) => {
    expect(read(line)).toBe(usage());
    for (const { name } of OFFERED) expect(usage()).toContain(`kubectl prophet ${name}`);
  });

  it.each([
    ["run deploy/web", /"run" is not a command/],
    ["--once", /--once needs a command before it. Commands: .*explain/],
    ["expalin deploy/web", /"expalin" is not a command. Commands: .*explain/],
    ["explain web", /TYPE\/NAME or TYPE NAME, such as deploy\/web, got web/],
    ["explain deploy/web deploy/api", /one workload at a time/],
    ["explain deploy web api", /one workload at a time/],
    ["explain deploy/web -n", /-n needs a value/],
    ["explain deploy/web --context=", /--context needs a value/],
    ["explain deploy/web -o xml", /-o: must be one of json, yaml, wide, got xml/],
  ])("refused: %s", (line, why) => expect(() => read(line)).toThrow(why));
});
