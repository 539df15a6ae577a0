/** npm run cluster -- up | down | exec | setup | demo: the test cluster for a person. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { missingControlPlane, missingNode } from "./available.ts";
import { clusterDir } from "./holder.ts";

const usage = `npm run cluster -- COMMAND
  setup [STEP...]     build and install what is missing (the first time 12 to 20 minutes)
  up [--no-node]      start a cluster: a node with pods, DNS and Prometheus (root), or the control plane alone
  down [--no-node]    end it
  exec CMD...         run a program inside the node's network, with KUBECONFIG set
  demo                the closed loop, in front of your eyes`;

/** Runs a script of this folder on this terminal; gives its exit code. */
function script(name: string, args: readonly string[]): number {
  return spawnSync(`${clusterDir}${name}`, args, { stdio: "inherit" }).status ?? 1;
}

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  const bare = rest.includes("--no-node");
  switch (command) {
    case "setup":
      return script("setup.sh", rest);
    case "up": {
      const missing = bare ? missingControlPlane() : missingNode();
      if (missing) return complain(missing, 1);
      return script(bare ? "cp.sh" : "node.sh", ["up"]);
    }
    case "down":
      return script(bare ? "cp.sh" : "node.sh", ["down"]);
    case "exec":
      return script("node.sh", ["exec", ...rest]);
    case "demo":
      return demo(rest);
    default:
      return complain(usage, 2);
  }
}

/** test/cluster/demo.ts exports `demo(args): Promise<number>`, the exit code. */
async function demo(args: readonly string[]): Promise<number> {
  const file = `${clusterDir}demo.ts`;
  if (!existsSync(file)) return complain("the demo is not part of this version", 1);
  const module = (await import(file)) as { demo(args: readonly string[]): Promise<number> };
  return module.demo(args);
}

function complain(text: string, code: number): number {
  console.error(text);
  return code;
}

process.exitCode = await main(process.argv.slice(2));
