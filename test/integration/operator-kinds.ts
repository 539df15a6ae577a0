/** The Prometheus operator's own kinds, as far as an API server must know them to take our objects. */

const kinds = [
  ["PrometheusRule", "prometheusrules"],
  ["ServiceMonitor", "servicemonitors"],
  ["Prometheus", "prometheuses"],
] as const;

/** A CustomResourceDefinition that accepts any object. */
const crd = (kind: string, plural: string): object => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.monitoring.coreos.com` },
  spec: {
    group: "monitoring.coreos.com",
    scope: "Namespaced",
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});

/** Makes them known, and waits until they are. */
export async function operatorKinds(
  kubectl: (args: readonly string[], input?: string) => Promise<string>,
): Promise<void> {
  for (const [kind, plural] of kinds) await kubectl(["create", "-f", "-"], JSON.stringify(crd(kind, plural)));
  await kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
}
