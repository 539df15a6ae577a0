/** The node that the tests of this folder share. */
import { inject } from "vitest";
import { attach, type TestNode } from "../../cluster/node.ts";
import "./setup.ts";

/** The helpers over it; `stop()` ends what these helpers opened, and leaves the node to the others. */
export function sharedNode(): Promise<TestNode> {
  const { dir, port } = inject("sharedNode");
  return attach(dir, port, async () => {});
}
