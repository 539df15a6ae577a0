/** Tests of the settings of server and generator: order of precedence, ranges, and errors that name what is wrong. */
import { describe, expect, it } from "vitest";
import { OptionError, readOptions, usageText } from "../../stress-app/options.ts";
import { isLoopback, parsePlan, readTrafficOptions, TrafficOptionError } from "../../stress-app/traffic-options.ts";

describe("readOptions", () => {
  it("is loopback, 8080, 4 workers by default", () => {
    expect(readOptions([], {})).toEqual({ host: "127.0.0.1", port: 8080, workers: 4, queue: 64, drainSeconds: 20 });
  });

  it("puts flags over environment over defaults", () => {
    const options = readOptions(["--port", "1", "--queue", "0"], {
      PORT: "2",
      WORKERS: "3",
      HOST: "0.0.0.0",
      QUEUE: "",
    });
    expect(options).toMatchObject({ port: 1, workers: 3, host: "0.0.0.0", queue: 0 });
  });

  it.each([
    [["--port", "65536"], {}, /--port: must be a whole number from 0 to 65535, got "65536"/],
    [["--workers", "0"], {}, /--workers: must be .* 1 to 64, got "0"/],
    [[], { PORT: "eighty" }, /PORT: must be .* 0 to 65535, got "eighty"/],
    [[], { QUEUE: "1.5" }, /QUEUE: must be .*, got "1\.5"/],
  ] as const)("%j with %j: %s", (argv, env, message) => {
    expect(() => readOptions(argv, env)).toThrow(OptionError);
    expect(() => readOptions(argv, env)).toThrow(message);
  });

  it("refuses unknown flags; help is undefined and names every variable", () => {
    expect(() => readOptions(["--prot", "1"], {})).toThrow(/--prot/);
    expect(readOptions(["--help"], {})).toBeUndefined();
    for (const name of ["HOST", "PORT", "WORKERS", "QUEUE", "DRAIN_SECONDS"]) expect(usageText()).toContain(name);
  });
});

describe("readTrafficOptions", () => {
  it("defaults to the classic sine on this machine", async () => {
    expect(await readTrafficOptions([])).toEqual({
      pattern: { shape: "sine", period: 300, base: 5, amplitude: 4, noise: 0.5, seed: 1 },
      spacing: "poisson",
      duration: 600,
      urls: ["http://127.0.0.1:8080/stress?intensity=0.4"],
      maxInFlight: 200,
      keepAlive: true,
      timeout: 90,
      every: 5,
    });
    const begun = await readTrafficOptions(["--phase", "0.75", "--no-keep-alive"]);
    expect(begun).toMatchObject({ pattern: { phase: 0.75 }, keepAlive: false });
  });

  it("takes several addresses and gives the mixed pattern its own period", async () => {
    const argv = ["--url", "http://127.0.0.1:1", "--url", "http://[::1]:2/x", "--pattern", "mixed", "--intensity", "2"];
    const options = await readTrafficOptions(argv);
    expect(options?.urls).toEqual(["http://127.0.0.1:1/stress?intensity=2", "http://[::1]:2/stress?intensity=2"]);
    expect(options?.pattern.period).toBe(3000);
  });

  it("refuses other machines unless told otherwise", async () => {
    const argv = ["--url", "http://192.0.2.1:80"];
    await expect(readTrafficOptions(argv)).rejects.toThrow(/192\.0\.2\.1 is not this machine.*--allow-remote/);
    expect((await readTrafficOptions([...argv, "--allow-remote"]))?.urls).toHaveLength(1);
  });

  it.each([
    [["--duration", "86401"], /--duration: must be a number from 1 to 86400, got 86401/],
    [["--duration", "Infinity"], /--duration.*1 to 86400/],
    [["--base", "abc"], /--base.*0 to 1000/],
    [["--base", "1", "--base", "2"], /--base/],
    [["--intensity", "61"], /--intensity: must be .* 0 to 60, got 61/],
    [["--noise", "-1"], /--noise: must be .*, got -1/],
    [["--phase", "1.5"], /--phase: must be .* 0 to 1, got 1\.5/],
    [["--url", "https://127.0.0.1"], /http:\/\//],
    [["--url", "nowhere"], /--url: must be http:.*, got nowhere/],
    [["--pattern", "saw"], /saw/],
    [["--patern", "sine"], /patern/],
    [["--plan", "0:1,x"], /"x" is not SECONDS:RATE/],
  ] as const)("%j is refused: %s", async (argv, message) => {
    const attempt = readTrafficOptions(argv);
    await expect(attempt).rejects.toThrow(TrafficOptionError);
    await expect(attempt).rejects.toThrow(message);
  });
});

describe("isLoopback", () => {
  it.each([
    ["localhost", true],
    ["127.8.0.1", true],
    ["[::1]", true],
    ["127.0.0.1.example.com", false],
    ["localhost.example.com", false],
    ["10.0.0.1", false],
    ["[::2]", false],
  ])("%s: %s", (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

describe("parsePlan", () => {
  it("reads ascending points and refuses others", () => {
    expect(parsePlan("0:1,300:8, 300:2.5")).toEqual([
      [0, 1],
      [300, 8],
      [300, 2.5],
    ]);
    expect(() => parsePlan("0:1,300:8,200:1")).toThrow(/200 s comes after 300 s/);
  });
});
