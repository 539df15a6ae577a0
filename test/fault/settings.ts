/** Settings for adapters in tests: deadlines for a busy machine, no pauses. */

import type { Timing } from "../../job/adapters/http/retry.ts";
import type { KubernetesSettings, PrometheusSettings } from "../../job/config/types.ts";

/** Prometheus at a URL, with whatever a test is about. */
export function prometheusSettings(url: string, more: Partial<PrometheusSettings> = {}): PrometheusSettings {
  return {
    url,
    headers: {},
    parameters: {},
    matchers: {},
    timeout: 20,
    retries: 2,
    rateWindow: 60,
    grouped: "auto",
    headersFrom: {},
    measurePodStart: false,
    ...more,
  };
}

/** An API server by kubeconfig. */
export function kubernetesSettings(kubeconfig: string, more: Partial<KubernetesSettings> = {}): KubernetesSettings {
  return { kubeconfig, timeout: 20, detectScalers: false, events: false, ...more };
}

/** The real clock without the pauses; `pauses` keeps what was asked for, in milliseconds. */
export function hasty(pauses: number[] = []): Timing {
  return {
    now: () => performance.now(),
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
    },
    random: () => 0.5,
  };
}
