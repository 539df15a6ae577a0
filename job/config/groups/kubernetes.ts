/** Settings of the API server, and of the ConfigMap there that holds the state. */
import { namespaceName, objectName } from "../nested-schema.ts";
import { group, quantity, text, toggle } from "../schema.ts";

/** The fields under `kubernetes`. */
export const KUBERNETES = group({
  about: "How the API server is reached: by the ServiceAccount in a cluster, else by kubeconfig.",
  fields: {
    kubeconfig: text({
      about: "Kubeconfig file. Default: KUBECONFIG, else ~/.kube/config.",
      accepts: "the path of a file",
      flag: "kubeconfig",
      chart: false,
    }),
    context: text({ about: "Kubeconfig context; default: the current one.", flag: "context", chart: false }),
    timeout: quantity({
      about: "Time limit of one request.",
      unit: "seconds",
      min: 0.1,
      max: 120,
      default: 10,
      flag: "kubernetes-timeout",
    }),
    detectScalers: toggle({
      about: "Look for an HPA or KEDA on the same target. If there is one, only forecast.",
      default: true,
    }),
    events: toggle({ about: "Write an Event about each change.", default: true }),
  },
});

/** The fields under `state`. */
export const STATE = group({
  about: "Where past recommendations and changes are stored.",
  title: "Kubernetes",
  chart: false,
  fields: {
    configMap: group({
      about: "ConfigMap whose annotation holds the state. It must exist.",
      fields: {
        namespace: namespaceName({
          about:
            "Namespace of the ConfigMap. Default: --namespace, else the job's own in a cluster, else that of the kubeconfig context.",
        }),
        name: objectName({
          about: "Name of the ConfigMap.",
          default: "prophet-autoscaler-state",
          flag: "state-config-map",
        }),
        count: quantity({
          about:
            "So many share the targets, with -1, -2 and so on after the name. Default: one a shard. Each keeps about 3,000.",
          unit: "count",
          min: 1,
          max: 64,
        }),
      },
    }),
  },
});
