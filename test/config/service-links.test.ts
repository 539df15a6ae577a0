/** Variables of a Service named like us: ignored with a note, while a misspelt setting stays an error. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, loadSettings } from "../../job/config/load.ts";
import { isServiceLink } from "../../job/config/service-links.ts";

/** What the kubelet injects for a Service, written from its documentation. */
function linksOf(service: string, ip: string, ports: readonly (readonly [number, string, string | null])[]) {
  const prefix = service.toUpperCase().replaceAll("-", "_");
  const [port, proto] = ports[0]!;
  const links: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: ip,
    [`${prefix}_SERVICE_PORT`]: String(port),
    [`${prefix}_PORT`]: `${proto}://${ip}:${port}`,
  };
  for (const [number, protocol, name] of ports) {
    const one = `${prefix}_PORT_${number}_${protocol.toUpperCase()}`;
    Object.assign(links, {
      ...(name === null
        ? {}
        : { [`${prefix}_SERVICE_PORT_${name.toUpperCase().replaceAll("-", "_")}`]: String(number) }),
      [one]: `${protocol}://${ip}:${number}`,
      [`${one}_PROTO`]: protocol,
      [`${one}_PORT`]: String(number),
      [`${one}_ADDR`]: ip,
    });
  }
  return links;
}

const load = (env: Record<string, string>) =>
  loadSettings({
    flags: { deployment: "web", "target-cpu": "1", prometheus: "http://p" },
    env,
    readFile: () => Promise.reject(new Error("no file")),
  });
const refusal = async (env: Record<string, string>) => {
  const error = await load(env).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).issues.map((issue) => issue.path);
};

const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,12}[a-z0-9])?$/);
const service = fc.record({
  name: fc.option(label).map((rest) => (rest === null ? "prophet-autoscaler" : `prophet-autoscaler-${rest}`)),
  ip: fc.constantFrom("10.96.0.12", "fd00:10:96::c"),
  ports: fc.array(
    fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom("tcp", "udp", "sctp"), fc.option(label)),
    { minLength: 1, maxLength: 3 },
  ),
});

describe("service links", () => {
  it("of any Service are ignored, each with a note, and change no setting", async () => {
    const { notes: _none, ...plain } = await load({});
    await fc.assert(
      fc.asyncProperty(service, async ({ name, ip, ports }) => {
        const links = linksOf(name, ip, ports);
        const { notes, ...settings } = await load(links);
        expect(settings).toEqual(plain);
        expect(notes).toHaveLength(Object.keys(links).length);
      }),
    );
  });

  it("say in the note what they were taken for", async () => {
    const { notes } = await load(linksOf("prophet-autoscaler", "10.96.0.12", [[80, "tcp", null]]));
    expect(notes[0]).toMatch(/^PROPHET_AUTOSCALER_SERVICE_HOST is ignored: .*Service.*enableServiceLinks: false/);
  });

  it("leave misspelt settings errors, also beside a Service's", async () => {
    const links = linksOf("prophet-autoscaler-web", "10.96.0.12", [[80, "tcp", "http"]]);
    expect(await refusal({ ...links, PROPHET_AUTOSCALER_MAX_REPLICA: "5" })).toEqual([
      "PROPHET_AUTOSCALER_MAX_REPLICA",
    ]);
    // right shape, but no Service of that name
    const alone = { PROPHET_AUTOSCALER_PROMETHEUS_PORT: "tcp://10.0.0.1:9090" };
    expect(await refusal({ ...links, ...alone })).toEqual(Object.keys(alone));
    // a person's value, not the kubelet's
    const person = { PROPHET_AUTOSCALER_WEB_PORT: "9090" };
    expect(await refusal({ ...links, ...person })).toEqual(Object.keys(person));
    expect(await refusal({ PROPHET_AUTOSCALER_SERVICE_HOST: "prometheus.example" })).toHaveLength(1);
  });

  it("are told by name, value and address together", () => {
    const env = { A_SERVICE_HOST: "10.0.0.1", A_SERVICE_PORT: "80", A_PORT: "tcp://10.0.0.1:80", A_NAME: "x" };
    expect(Object.keys(env).filter((name) => isServiceLink(name, env))).toEqual([
      "A_SERVICE_HOST",
      "A_SERVICE_PORT",
      "A_PORT",
    ]);
    expect(isServiceLink("A_SERVICE_PORT", { A_SERVICE_PORT: "80" })).toBe(false);
    expect(isServiceLink("A_PORT", { A_SERVICE_HOST: "10.0.0.1" })).toBe(false);
  });
});
