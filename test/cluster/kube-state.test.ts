/** The stand-in for kube-state-metrics names and counts as that does. */
import { expect, test } from "vitest";
import { kubeState } from "./kube-state.ts";

const metadata = { name: "job", namespace: "shop", creationTimestamp: "1970-01-01T00:01:00Z" };
const cronjob = '{namespace="shop",cronjob="job"}';

test("a CronJob: a success that never was has no series", () => {
  expect(kubeState([{ metadata, spec: { suspend: false }, status: {} }], [])).toBe(
    `kube_cronjob_created${cronjob} 60\nkube_cronjob_spec_suspend${cronjob} 0\n`,
  );
  const status = { lastSuccessfulTime: "1970-01-01T00:02:05Z" };
  expect(kubeState([{ metadata, spec: {}, status }], [])).toBe(
    `kube_cronjob_created${cronjob} 60\nkube_cronjob_status_last_successful_time${cronjob} 125\n`,
  );
});

test.each([
  [{}, ["} 0"]],
  [{ failed: 1 }, [',reason=""} 1']],
  [
    { failed: 1, reason: "DeadlineExceeded" },
    [',reason="BackoffLimitExceeded"} 0', ',reason="DeadlineExceeded"} 1', ',reason="Evicted"} 0'],
  ],
  [{ failed: 2, reason: "PodFailurePolicy" }, [',reason=""} 2']],
])("a Job with %j", ({ failed, reason }: { failed?: number; reason?: string }, expected) => {
  const conditions = [{ type: "Failed", status: "True", reason: reason ?? "", lastTransitionTime: "" }];
  const status = { ...(failed && { failed }), ...(reason && { conditions }) };
  const labels = 'kube_job_status_failed{namespace="shop",job_name="job"';
  expect(kubeState([], [{ metadata, status }])).toBe(expected.map((end) => `${labels}${end}\n`).join(""));
});

test("a Deployment: the replicas that are set, and those that are ready", () => {
  expect(kubeState([], [], [{ metadata, spec: { replicas: 3 }, status: { readyReplicas: 2 } }])).toBe(
    'kube_deployment_spec_replicas{namespace="shop",deployment="job"} 3\n' +
      'kube_deployment_status_replicas_ready{namespace="shop",deployment="job"} 2\n',
  );
});
