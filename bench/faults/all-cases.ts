/** All cases of the fault bench by kind, with unique names. */
import { BLIND } from "./cases/blind.ts";
import { CLOCK } from "./cases/clock.ts";
import { DATA } from "./cases/data.ts";
import { KUBERNETES_REAL } from "./cases/kubernetes-real.ts";
import { KUBERNETES_WIRE } from "./cases/kubernetes-wire.ts";
import { OUTPUT } from "./cases/output.ts";
import { QUERY } from "./cases/queries.ts";
import { SETTINGS } from "./cases/settings.ts";
import { SEVERAL } from "./cases/several.ts";
import { STATE_CASES } from "./cases/state.ts";
import { WIRE_ANSWER } from "./cases/wire-answer.ts";
import { WIRE_STATUS } from "./cases/wire-status.ts";
import type { FaultCase } from "./fault-case.ts";

/** Every case of the bench, by kind in the page's order. Names are unique. */
export const CASES: readonly FaultCase[] = [
  ...DATA,
  ...QUERY,
  ...WIRE_STATUS,
  ...WIRE_ANSWER,
  ...KUBERNETES_WIRE,
  ...KUBERNETES_REAL,
  ...STATE_CASES,
  ...CLOCK,
  ...BLIND,
  ...SETTINGS,
  ...OUTPUT,
  ...SEVERAL,
];
