/** Recognises variables that the kubelet adds to every pod for each Service of its namespace ("service links"): they are not settings. */
import type { Environment } from "./environment.ts";

const ADDRESS = /^[0-9a-f.:]+$/i;
const PORT = /^\d{1,5}$/;
const LINK = /^(tcp|udp|sctp):\/\/\S+:\d{1,5}$/;

/** The ends of their names, and the forms of their values. */
const SHAPES: readonly (readonly [RegExp, RegExp])[] = [
  [/_SERVICE_HOST$/, ADDRESS],
  [/_SERVICE_PORT(_[A-Z0-9_]+)?$/, PORT],
  [/_PORT_\d+_(TCP|UDP|SCTP)_ADDR$/, ADDRESS],
  [/_PORT_\d+_(TCP|UDP|SCTP)_PORT$/, PORT],
  [/_PORT_\d+_(TCP|UDP|SCTP)_PROTO$/, /^(tcp|udp|sctp)$/],
  [/_PORT(_\d+_(TCP|UDP|SCTP))?$/, LINK],
];

/**
 * Whether a variable is a service link: by its name, its value, and the same Service's address, which always comes with it. A misspelt setting
 * is not one.
 */
export function isServiceLink(name: string, env: Environment): boolean {
  const value = env[name] ?? "";
  return SHAPES.some(([end, shape]) => {
    const found = end.exec(name);
    if (found === null || !shape.test(value)) return false;
    return ADDRESS.test(env[`${name.slice(0, found.index)}_SERVICE_HOST`] ?? "");
  });
}
