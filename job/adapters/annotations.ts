/** The annotations that the job reads or writes, with what each is for. docs/reasons.md is made from this table. */
import { ANNOTATION_PREFIX } from "../config/annotations.ts";
import { ENABLED } from "../config/groups/discover.ts";
import { pauseAnnotation } from "./kubernetes-conditions.ts";
import { countAnnotation, stateAnnotation } from "./kubernetes-state.ts";

/** What one annotation is for. */
export interface AnnotationRow {
  /** The kind of object that carries it. */
  readonly on: string;
  readonly setBy: string;
  readonly means: string;
}

/** All annotations by name. */
export const ANNOTATIONS: Readonly<Record<string, AnnotationRow>> = {
  [pauseAnnotation]: {
    on: "the workload",
    setBy: "you",
    means:
      'With the value "true" the job decides and reports, but does not scale. It needs the right to get the workload.',
  },
  [ENABLED]: {
    on: "a workload that `discover` shall find",
    setBy: "you",
    means:
      'A label and no annotation. With the value "true" the workload is a target, unless `labelSelector` asks for another label.',
  },
  [`${ANNOTATION_PREFIX}SETTING`]: {
    on: "a workload that `discover` finds",
    setBy: "you",
    means: "A setting of the target, such as `target-cpu`. configuration.md lists them.",
  },
  [stateAnnotation]: {
    on: "a ConfigMap of the state",
    setBy: "the job",
    means: "The memory between runs, for the job alone. Deleting it only delays the next scale-in.",
  },
  [countAnnotation]: {
    on: "a ConfigMap of the state",
    setBy: "the job",
    means: "`state.configMap.count` when the ConfigMap was written. A run sees by it that the number was changed.",
  },
};
