import type { DeployFailure, DeployStatus, ObjectProblem } from "../../../src/model/deploy.ts";
import type { DeployIn, ToldDeploy } from "../../../src/reconcile/text/told-deploy.ts";

/** 30 Nov 2026, 08:20 UTC. */
export const now = Date.UTC(2026, 10, 30, 8, 20);
/** 29 Nov, 23:21 UTC, and 04 seconds. */
export const started = Date.UTC(2026, 10, 29, 23, 21, 4);
export const head = "7b1f531".padEnd(40, "0");
export const place = { environment: "prod", base: "main", head, repositoryUrl: "https://github.com/acme/shop" };

interface Given {
  readonly app?: string;
  readonly version?: string;
  readonly before?: string;
  readonly environment?: string;
  readonly head?: string;
  readonly branch?: string;
}

/** A deploy of webapp 1.5.0 to prod. */
export function deploy<S extends DeployStatus>(status: S, given: Given = {}): ToldDeploy & { readonly status: S } {
  const { app = "webapp", version = "1.5.0", environment = "prod", before, branch } = given;
  const operation = { id: `op-${app}`, app, environment, head: given.head ?? head, digest: "d", startedAt: started };
  return { operation, status, version, before, branch };
}

const nothing = { steps: [], at: started + 601_000 } as const;

export function failed(
  failure: Partial<DeployFailure> = {},
  given: Given & { readonly ready?: readonly [ready: number, wanted: number]; readonly at?: number } = {},
): DeployIn<"failed"> {
  const { ready: [ready, wanted] = [3, 3], at = nothing.at } = given;
  const summary = "image cannot be pulled";
  const whole = { kind: "health", summary, problems: [], events: [], applied: true, ...failure } as const;
  const status = { state: "failed", ...nothing, at, failure: whole, readiness: { ready, wanted } } as const;
  return deploy(status, { before: "1.4.0", ...given });
}

export function pod(name: string) {
  return { apiVersion: "v1", kind: "Pod", name, namespace: "shop-prod" };
}

export const imageProblem: ObjectProblem = {
  object: pod("webapp-6c9d7-x2x8p"),
  reason: "ImagePullBackOff",
  message: 'cannot pull `ghcr.io/acme/webapp:1.5.0`: "not found"',
  fix: "Check that this tag exists there",
};

export const imageEvents = [
  {
    at: started,
    object: { apiVersion: "apps/v1", kind: "Deployment", name: "webapp" },
    message: "scaled up webapp-6c9d7 to 1",
  },
  { at: started + 1_000, object: pod("webapp-6c9d7-x2x8p"), message: "Failed to pull image: not found" },
  {
    at: started + 601_000,
    object: { apiVersion: "apps/v1", kind: "Deployment", name: "webapp" },
    message: "ProgressDeadlineExceeded (10 min)",
  },
];

export const progressing = {
  state: "progressing",
  deadline: started + 600_000,
  readiness: { ready: 1, wanted: 3 },
  steps: [
    { step: "compare", state: "done", text: "1 resource changes" },
    { step: "apply", state: "done", text: "Deployment `webapp`" },
    { step: "health", state: "current", text: "1 of 3 pods ready" },
  ],
} as const;

export const live = {
  state: "live",
  since: started + 120_000,
  readiness: { ready: 3, wanted: 3 },
  changed: 1,
  kept: [],
} as const;

export const backup = {
  object: { apiVersion: "v1", kind: "PersistentVolumeClaim", name: "orders-backup", namespace: "shop-prod" },
  reason: "Sluice does not delete volume claims by itself",
};

export const waiting = {
  state: "waiting",
  reason: "prod is on hold by mona",
  until: Date.UTC(2026, 10, 30, 8),
} as const;
