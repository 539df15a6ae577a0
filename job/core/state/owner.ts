/** Whose memory it is: the kind of the workload, since memory is kept by a name that another kind may have too. */
import type { TargetState } from "./types.ts";

/** The part of a target's settings that says which workload it is. */
interface Owned {
  readonly scaleTargetRef: { readonly kind: string };
}

/** Of which kind of workload a memory is, as it is stored: a Deployment is not named. */
export function ownerOf({ scaleTargetRef: { kind } }: Owned): Pick<TargetState, "kind"> {
  return kind === "Deployment" ? {} : { kind };
}
