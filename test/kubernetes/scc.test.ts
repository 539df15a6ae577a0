/** The rule of restricted-v2 itself: it refuses what OpenShift refuses, one thing at a time, and fills in what is left out. */
import { describe, expect, test } from "vitest";
import { type PodSpec, restrictedV2 } from "./scc.ts";

const ranges = { users: "1000680000/10000", groups: "1000680000/10000", level: "s0:c26,c5" };
const pod = (securityContext: object, more: object = {}): PodSpec => ({
  containers: [{ name: "a", securityContext }],
  ...more,
});

describe("restricted-v2", () => {
  test("fills in user, group, level, profile and capabilities, and then admits", () => {
    expect(restrictedV2({ containers: [{ name: "a" }] }, ranges)).toEqual({
      refused: [],
      pod: {
        securityContext: {
          fsGroup: 1000680000,
          seLinuxOptions: { level: "s0:c26,c5" },
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: "a",
            securityContext: {
              runAsUser: 1000680000,
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    });
  });

  test.each([1000680000, 1000689999])("user %i is of the range", (runAsUser) => {
    expect(restrictedV2(pod({ runAsUser }), ranges).refused).toEqual([]);
  });

  const refused: readonly (readonly [string, PodSpec, RegExp])[] = [
    ["a fixed user", pod({ runAsUser: 65532 }), /a: runAsUser 65532 is not of/],
    ["the user after the last", pod({ runAsUser: 1000690000 }), /runAsUser/],
    ["the pod's fixed user", pod({}, { securityContext: { runAsUser: 0 } }), /runAsUser 0/],
    ["a fixed fsGroup", pod({}, { securityContext: { fsGroup: 1000 } }), /fsGroup 1000/],
    ["another level", pod({ seLinuxOptions: { level: "s0" } }), /level/],
    ["a privileged container", pod({ privileged: true }), /privileged/],
    ["escalation", pod({ allowPrivilegeEscalation: true }), /allowPrivilegeEscalation/],
    ["a capability", pod({ capabilities: { add: ["NET_ADMIN"] } }), /NET_ADMIN/],
    ["no profile", pod({ seccompProfile: { type: "Unconfined" } }), /Unconfined/],
    ["the host's network", pod({}, { hostNetwork: true }), /hostNetwork/],
    ["a folder of the host", pod({}, { volumes: [{ name: "v", hostPath: { path: "/" } }] }), /hostPath/],
    ["a port of the host", { containers: [{ name: "a", ports: [{ hostPort: 80 }] }] }, /hostPort/],
    ["a kernel setting", pod({}, { securityContext: { sysctls: [{ name: "kernel.msgmax" }] } }), /sysctls/],
    [
      "an init container's user",
      pod({}, { initContainers: [{ name: "b", securityContext: { runAsUser: 1 } }] }),
      /^b: /,
    ],
  ];
  test.each(refused)("refused: %s", (_what, spec, why) => {
    expect(restrictedV2(spec, ranges).refused).toEqual([expect.stringMatching(why)]);
  });
});
