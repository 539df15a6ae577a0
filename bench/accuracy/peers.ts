/** Forecasts the next minute's mean with other libraries, on the windows that ours get. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { AutoETS, initSync as initEts } from "@bsull/augurs/ets";
import { initSync as initMstl, MSTL } from "@bsull/augurs/mstl";
import { initSync as initProphet, Prophet } from "@bsull/augurs/prophet";
import { optimizer } from "@bsull/augurs-prophet-wasmstan";

/** The input of a peer: the window, and the season that our detection found in it, in steps (1: none). */
export interface PeerWindow {
  readonly values: readonly number[];
  readonly step: number;
  /** Steps whose mean is asked. */
  readonly ahead: number;
  readonly season: number;
}

/** A library's forecasts, one a window; null where it failed. `means` is undefined where the library is not installed. */
export interface PeerAnswer {
  readonly name: string;
  readonly means: readonly (number | null)[] | undefined;
}

const START = 1_767_225_600;

function meanForecast(forecast: () => readonly number[]): number | null {
  try {
    const path = forecast();
    const mean = path.reduce((sum, v) => sum + v / path.length, 0);
    return Number.isFinite(mean) ? mean : null;
  } catch {
    return null;
  }
}

function ets({ values, ahead, season }: PeerWindow): readonly number[] {
  const model = new AutoETS(season, season > 1 ? "ZZZ" : "ZZN");
  model.fit([...values]);
  return model.predict(ahead).point;
}

function mstl({ values, ahead, season }: PeerWindow): readonly number[] {
  const model = MSTL.ets([season]);
  model.fit([...values]);
  return model.predict(ahead).point;
}

function wasmProphet({ values, step, ahead }: PeerWindow): readonly number[] {
  const ds = (from: number, n: number) => Array.from({ length: n }, (_, i) => START + step * (from + i));
  const model = new Prophet({ optimizer, uncertaintySamples: 0 });
  model.fit({ ds: ds(0, values.length), y: [...values] });
  return model.predict({ ds: ds(values.length, ahead) }).yhat.point;
}

/** Forecasts with augurs: AutoETS, Prophet, and MSTL, which is its ETS where no season was found. One answer a library. */
export function augursPeers(windows: readonly PeerWindow[]): PeerAnswer[] {
  const wasm = (name: string) =>
    readFileSync(join(createRequire(import.meta.url).resolve(`@bsull/augurs/${name}`), `../${name}_bg.wasm`));
  initEts({ module: wasm("ets") });
  initMstl({ module: wasm("mstl") });
  initProphet({ module: wasm("prophet") });
  const run = (name: string, forecast: (w: PeerWindow) => readonly number[]): PeerAnswer => ({
    name,
    means: windows.map((w) => meanForecast(() => forecast(w))),
  });
  return [
    run("augurs ETS", (w) => ets({ ...w, season: 1 })),
    run("augurs MSTL", (w) => (w.season > 1 ? mstl(w) : ets(w))),
    run("augurs Prophet", wasmProphet),
  ];
}

const PYTHON_PEERS = ["AutoETS", "AutoTheta", "AutoARIMA, no season", "Prophet"];

/**
 * Forecasts with statsforecast and Prophet in Python ($PYTHON, default python3). Answers lack their means where these are not installed.
 */
export async function pythonPeers(windows: readonly PeerWindow[]): Promise<PeerAnswer[]> {
  const child = spawn(process.env.PYTHON ?? "python3", [join(import.meta.dirname, "peers.py")], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const output = new Promise<string>((done) => {
    let text = "";
    child.stdout.on("data", (piece) => {
      text += String(piece);
    });
    child.on("error", () => done(""));
    child.on("close", (code) => done(code === 0 ? text : ""));
  });
  // a Python without the libraries is gone before it has read all
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify({ windows }));
  const line = (await output).trim().split("\n").at(-1);
  if (!line) return PYTHON_PEERS.map((name) => ({ name: `${name} (Python)`, means: undefined }));
  const { versions, means } = JSON.parse(line) as {
    versions: { prophet: string; statsforecast: string };
    means: Record<string, (number | null)[]>;
  };
  return Object.entries(means).map(([name, values]) => ({
    name: `${name} (${name === "Prophet" ? `prophet ${versions.prophet}` : `statsforecast ${versions.statsforecast}`})`,
    means: values,
  }));
}
