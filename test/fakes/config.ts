/** A complete target config for tests, with calm defaults; override what the test is about. */
import type { Behavior, ScalingRules, TargetConfig } from "../../job/core/target.ts";

export const NOW = 1_700_000_000;

const RULES: ScalingRules = { stabilizationWindowSeconds: 0, selectPolicy: "Max", policies: [], tolerance: 0 };

export function behavior(up: Partial<ScalingRules> = {}, down: Partial<ScalingRules> = {}): Behavior {
  return { scaleUp: { ...RULES, ...up }, scaleDown: { ...RULES, stabilizationWindowSeconds: 300, ...down } };
}

export function config(overrides: Partial<TargetConfig> = {}): TargetConfig {
  return {
    name: "web",
    namespace: "shop",
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
    mode: "Active",
    actuator: "scale",
    targetCpu: 0.5,
    metrics: [],
    idlePeriod: 300,
    minReplicas: 1,
    maxReplicas: 100,
    history: 1800,
    calibration: 0,
    step: 15,
    method: "auto",
    quantile: 0.8,
    horizon: 60,
    interval: 60,
    metricLag: 30,
    podStart: 30,
    trustThreshold: 1,
    behavior: behavior(),
    scaleUpCooldown: 0,
    scaleDownCooldown: 0,
    suddenDropRatio: 0.5,
    suddenDropHold: 0,
    schedule: [],
    maxAge: 120,
    minCoverage: 0.5,
    blindAfter: 600,
    ...overrides,
  };
}
