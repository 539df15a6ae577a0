/** Settings of targets that are found by their label instead of being listed. */
import { choice, group, list, text } from "../schema.ts";

/** The kinds that can be found: those whose pods the default query knows, and which no other workload owns. */
export const FOUND_KINDS = ["Deployment", "StatefulSet"] as const;
/** In the place of a namespace: all of them. */
export const ALL_NAMESPACES = "*";
/** The label by which a workload opts in. */
export const ENABLED = "prophet-autoscaler/enabled";

/** The entries under `discover`. */
export const DISCOVER = list({
  about: "Workloads that opt in by a label. Each is a target, with its settings in annotations.",
  of: group({
    about: "Where to look for workloads, and for which.",
    fields: {
      namespaces: list({
        about: "Namespaces to look in. `*` stands for all, and needs a ClusterRole. Default: the job's own.",
        of: text({
          about: "A namespace, or * for all.",
          pattern: /^(\*|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$/,
          accepts: "a namespace (up to 63 lower case letters, digits and -), or * for all",
        }),
        single: true,
        atLeast: 1,
        atMost: 200,
      }),
      labelSelector: text({
        about: "Labels of the workload itself, in the form of `kubectl get -l`.",
        pattern: /^[A-Za-z0-9_./!=,() -]+$/,
        accepts: "a label selector such as team=shop,prophet-autoscaler/enabled=true",
        default: `${ENABLED}=true`,
      }),
      kinds: list({
        about: "Kinds of workload. Default: Deployment and StatefulSet.",
        of: choice({ about: "A kind.", values: FOUND_KINDS }),
        single: true,
        atLeast: 1,
        atMost: FOUND_KINDS.length,
      }),
    },
  }),
  atMost: 20,
  default: [],
});
