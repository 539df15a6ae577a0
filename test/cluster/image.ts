/** Builds the project's images over the local stand-in bases, as archives for the test node. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { clusterDir } from "./holder.ts";

export interface BuiltImage {
  readonly tag: string;
  /** The file to give to startNode({ images }) or importImage(). */
  readonly archive: string;
  /** sha256 of the manifest. */
  readonly digest: string;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Uncompressed bytes of each layer; the first is the base. */
  readonly layerBytes: readonly number[];
  /** sha256 of each layer, uncompressed. */
  readonly layers: readonly string[];
}

/**
 * Builds `dockerfile` (a path from the root of the project) and names it `tag`, e.g. "test.local/stress-app:dev"; about 90 s the
 * first time, 10 s when only sources changed. `args` go to `buildah bud` (`--build-arg VERSION=1.2.3`, `--no-cache`); `context` is the folder
 * of the sources, if not this checkout.
 */
export async function buildImage(
  dockerfile: string,
  tag: string,
  args: readonly string[] = [],
  context?: string,
): Promise<BuiltImage> {
  const archive = `images/${tag.replaceAll(/[^\w.-]/g, "_")}.tar`;
  const script = `source ${clusterDir}lib.sh; exec ${clusterDir}img/app.sh "$1" "$2" "$CACHE/${archive}" "\${@:3}"`;
  const run = promisify(execFile)("bash", ["-c", script, "app.sh", dockerfile, tag, ...args], {
    maxBuffer: 16 << 20,
    env: { ...process.env, ...(context ? { CONTEXT: context } : {}) },
  });
  const { stdout } = await run.catch((error: Error & { stderr?: string }) => {
    throw new Error(`building ${dockerfile}: ${(error.stderr ?? error.message).slice(-3000)}`, { cause: error });
  });
  return JSON.parse(stdout) as BuiltImage;
}
