import type { InRepository } from "./common.ts";

/** What is deployed, for people. */
export interface DeployedApp {
  readonly app: string;
  /** Empty where it is not known. */
  readonly version: string;
}

/** Deploys of one GitHub Deployment. */
interface OfDeploy extends InRepository {
  readonly environment: string;
  /** The commit that is deployed. */
  readonly head: string;
  readonly apps: readonly DeployedApp[];
}

/** The cluster, or the branch that it is deployed from, began to be brought to what Git has. */
export interface DeployStarted extends OfDeploy {
  readonly kind: "deploy.started";
}

/** It has it: live and healthy, or rendered to the branch. */
export interface DeployLive extends OfDeploy {
  readonly kind: "deploy.live";
}

/** It did not get there. */
export interface DeployFailed extends OfDeploy {
  readonly kind: "deploy.failed";
  readonly reason: string;
}

/** About the issue of an environment whose cluster differs from Git. */
interface OfDrift extends InRepository {
  readonly environment: string;
  readonly issue: number;
  readonly url: string;
  /** How many differ, or did. */
  readonly resources: number;
}

/** The issue was opened, or says something else. */
export interface DriftFound extends OfDrift {
  readonly kind: "drift.found";
}

/** What differed was set back, and the issue was closed. */
export interface DriftHealed extends OfDrift {
  readonly kind: "drift.healed";
}

/** Nothing differs any more, and the issue was closed. */
export interface DriftClosed extends OfDrift {
  readonly kind: "drift.closed";
}
