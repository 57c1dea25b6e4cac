/** What every receiver of registry events has. */
interface HookBase {
  /** Where it stands: `/registry/<name>`. Lower case letters, digits and hyphens. */
  readonly name: string;
  /**
   * The images that it may speak of: patterns of full names (`ghcr.io/acme/**`), `*` within one part, `**` over many.
   * Empty: all.
   */
  readonly images: readonly string[];
  /** Requests in a minute, and at once. */
  readonly perMinute: number;
}

/** The secrets that a sender may prove itself with: more than one while they are exchanged. Never empty. */
interface Secrets {
  readonly secrets: readonly string[];
}

/** Senders that cannot prove themselves at all: the secret is the last part of the address. */
export interface PathHook extends HookBase, Secrets {
  readonly kind: "dockerhub";
}

/**
 * Quay: a secret in the address, one in the field `secret` of the notification's template, or both. One of the lists
 * may be empty.
 */
export interface QuayHook extends HookBase {
  readonly kind: "quay";
  readonly secrets: readonly string[];
  readonly bodySecrets: readonly string[];
}

/** Senders that add a header with a secret in it. */
export interface HeaderHook extends HookBase, Secrets {
  readonly kind: "harbor" | "ecr" | "acr" | "distribution" | "gitlab" | "cloudevents";
  /** Lower case. */
  readonly header: string;
  /** Replaces the host that the events tell, e.g. where the registry knows itself by an internal name. */
  readonly host?: string;
}

/** Event Grid: the secret is the last part of the address, or in a header. */
export interface EventGridHook extends HookBase, Secrets {
  readonly kind: "eventgrid";
  /** Lower case. */
  readonly header: string;
}

/** A sender of our own that signs what it sends. */
export interface HmacHook extends HookBase, Secrets {
  readonly kind: "hmac";
  /** Lower case. */
  readonly header: string;
}

/** JFrog Artifactory: signs, or sends the secret itself; never both in one hook. */
export interface JfrogHook extends HookBase, Secrets {
  readonly kind: "jfrog";
  readonly signed: boolean;
  /** Replaces the host that the events tell, which is empty where Artifactory has no custom base URL. */
  readonly host?: string;
  /**
   * Replaces the repository's key, e.g. that of the virtual repository that images are pulled from. Empty: images'
   * names have no key in them.
   */
  readonly repository?: string;
}

/** Sonatype Nexus, whose events tell no host. */
export interface NexusHook extends HookBase, Secrets {
  readonly kind: "nexus";
  readonly host: string;
  /** The repository's name, where images are reached by a path and not by a port or a host of their own. */
  readonly repository?: string;
}

/** Google Artifact Registry and Container Registry by a push subscription of Pub/Sub. */
export interface GarHook extends HookBase {
  readonly kind: "gar";
  readonly audience: string;
  /** The service account that the subscription authenticates as. */
  readonly email: string;
  readonly jwksUrl: string;
}

/** Workflows of GitHub Actions, by their OpenID Connect token. */
export interface GithubActionsHook extends HookBase {
  readonly kind: "github-actions";
  readonly issuer: string;
  readonly audience: string;
  /** Patterns of `owner/name`, one of which the workflow's repository is. Never empty. */
  readonly repositories: readonly string[];
  /** Patterns of `refs/heads/…` and `refs/tags/…`. Empty: any. */
  readonly refs: readonly string[];
  /** Deployment environments. Empty: any, or none. */
  readonly environments: readonly string[];
  /** Patterns of `owner/name/.github/workflows/file.yml@ref`, the workflow that the job is written in. Empty: any. */
  readonly workflows: readonly string[];
}

/** One receiver of registry events, as the operator set it up. */
export type HookSettings =
  | PathHook
  | QuayHook
  | HeaderHook
  | EventGridHook
  | HmacHook
  | JfrogHook
  | NexusHook
  | GarHook
  | GithubActionsHook;
