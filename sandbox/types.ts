/** What the local GitHub promises to those who start it: tests, the demo and the `sandbox` command. */

import type { StartProgram } from "./git.ts";
import type {
  CheckRunSummary,
  MergeMethod,
  Permissions,
  PullRef,
  RepositoryRef,
  RepositoryRole,
} from "./types-common.ts";
import type { PackageControls } from "./types-packages.ts";
import type { ReleaseControls } from "./types-release.ts";

/** Where webhooks go. Without a URL events are recorded, but nothing is sent. */
interface WebhookTarget {
  readonly url?: string;
  readonly secret?: string;
  /** How long the receiver may take to answer, in milliseconds. Default: GitHub's ten seconds. */
  readonly timeoutMs?: number;
}

/** The registration of the app under test. Whatever is absent gets a default. */
export interface AppOptions {
  readonly id?: number;
  readonly slug?: string;
  readonly name?: string;
  /** PEM; a new key is generated when absent. */
  readonly privateKey?: string;
  /** `default_permissions` of the app manifest; every installation is granted exactly these. */
  readonly permissions?: Permissions;
  /** `default_events` of the app manifest. */
  readonly events?: readonly string[];
}

/** How to start. Only the data folder is required. */
export interface LocalGitHubOptions {
  /** Folder for the bare repositories and the snapshot; created when missing. */
  readonly dataDir: string;
  /** 0 (the default) takes a free port. Always bound to 127.0.0.1. */
  readonly port?: number;
  readonly clock?: () => Date;
  readonly webhook?: WebhookTarget;
  readonly app?: AppOptions;
  /** The organization that exists, with the app installed, from the start. Default `acme`. */
  readonly owner?: string;
  /** Called with each REST exchange after the response was built; tests validate it here. */
  readonly onExchange?: (exchange: RestExchange) => void;
  /** Called with each webhook event before it is sent; tests validate it here. */
  readonly onEvent?: (event: WebhookEvent) => void;
  /** Called with what an operator may want to know. */
  readonly log?: (entry: LogEntry) => void;
  /** Starts git's processes, for all local GitHubs of this process; default: this process. */
  readonly startProgram?: StartProgram;
}

/** One thing that happened, for an operator. */
interface LogEntry {
  readonly level: "info" | "error";
  readonly message: string;
  readonly error?: unknown;
}

/** One REST request with its response, bodies parsed. */
export interface RestExchange {
  readonly method: string;
  /** Path template as in GitHub's OpenAPI description, or undefined when no route matched. */
  readonly template: string | undefined;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseBody: unknown;
  /** Who asked: `app`, `installation:<id>`, `user:<login>` or `anonymous`. */
  readonly actor: string;
  /** True when an injected fault made the response. */
  readonly injected: boolean;
}

/** One line of the request log. */
export interface RequestRecord {
  readonly at: string;
  readonly method: string;
  readonly template: string | undefined;
  readonly path: string;
  readonly status: number;
  readonly actor: string;
}

/** Selects lines of the request log. Absent fields match everything. */
export interface RequestFilter {
  readonly method?: string;
  readonly template?: string;
  readonly status?: number;
  /** Prefix of the actor, e.g. `installation:`. */
  readonly actor?: string;
}

/** An event as it was emitted, delivered or not. */
export interface WebhookEvent {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** One attempt to deliver an event; redeliveries share the `guid`. */
export interface Delivery extends WebhookEvent {
  readonly id: number;
  readonly deliveredAt: string;
  readonly redelivery: boolean;
  /** Seconds. */
  readonly duration: number;
  readonly status: string;
  /** 0 when there was no answer. */
  readonly statusCode: number;
  readonly url: string;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;
}

/** `deliver`: send. `hold`: keep until `deliver`. `fail`: record a failed attempt and send nothing. */
export type DeliveryMode = "deliver" | "hold" | "fail";

/** A fault for the next matching REST requests. */
export interface Fault {
  readonly method?: string;
  /** OpenAPI path template, e.g. `/repos/{owner}/{repo}/issues/{issue_number}/comments`. */
  readonly template?: string;
  /** Only requests that are about this repository. */
  readonly repository?: RepositoryRef;
  /** How many requests; default 1. */
  readonly times?: number;
  readonly effect: /** Performs the request, then answers with this status. */
    | { readonly kind: "after"; readonly status: number }
    /** Answers with this status, and `message` in the body, and does nothing. */
    | { readonly kind: "instead"; readonly status: number; readonly message?: string }
    /** GitHub's secondary limit: 403 with `retry-after` in seconds. */
    | { readonly kind: "secondary-limit"; readonly retryAfter: number }
    /** Waits this many milliseconds, then performs the request, whoever still listens. Tells when it begins to wait. */
    | { readonly kind: "delay"; readonly ms: number; readonly reached?: () => void }
    /** The same, until something has happened. */
    | { readonly kind: "hang"; readonly until: Promise<unknown>; readonly reached?: () => void }
    /** Performs the request, and answers only when something has happened. Tells when it begins to wait. */
    | { readonly kind: "hang-after"; readonly until: Promise<unknown>; readonly reached?: () => void }
    /** Performs the request, then closes the connection without an answer. */
    | { readonly kind: "reset" };
}

/** A person. The token works for REST and, as the password, for git over HTTP. */
interface User {
  readonly login: string;
  readonly id: number;
  readonly token: string;
}

/** A commit to write straight into the repository, as if the person had pushed it. */
export interface CommitInput extends RepositoryRef {
  /** Created from `from` (default: the default branch) when it does not exist. */
  readonly branch: string;
  readonly from?: string;
  readonly message?: string;
  /** Path to content; null deletes the file. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly by?: string;
}

/** What to open. `head` is a branch, or `owner:branch` of a fork. */
interface OpenPullInput extends RepositoryRef {
  readonly head: string;
  /** Default: the default branch. */
  readonly base?: string;
  readonly title: string;
  readonly body?: string;
  readonly draft?: boolean;
  readonly by?: string;
}

/** A pull request as tests see it. */
export interface PullSummary extends PullRef {
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly mergeCommitSha: string | null;
  readonly headRef: string;
  readonly headSha: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly author: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly requestedReviewers: readonly string[];
  /** Slugs. */
  readonly requestedTeams: readonly string[];
  /** The GraphQL id. */
  readonly nodeId: string;
  readonly mergedBy: string | null;
  readonly queued: boolean;
  /** The page for people. */
  readonly url: string;
}

/** An issue that is no pull request, as tests see it. */
export interface IssueSummary extends PullRef {
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly author: string;
  readonly labels: readonly string[];
  /** The page for people. */
  readonly url: string;
}

/** A comment as tests see it. */
export interface CommentSummary {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  /** True when the app under test wrote it. */
  readonly byApp: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Reaction contents with their authors. */
  readonly reactions: readonly { readonly content: string; readonly user: string }[];
  readonly url: string;
}

/**
 * A running local GitHub. Where a `by` is absent the person is `mona`, who is an administrator of every repository.
 */
export interface LocalGitHub extends ReleaseControls, PackageControls {
  /** Base of the pages and of git, e.g. `http://127.0.0.1:4567`. No trailing slash. */
  readonly url: string;
  /** Octokit's `baseUrl`. No trailing slash. */
  readonly apiUrl: string;
  readonly app: {
    readonly id: number;
    readonly slug: string;
    readonly privateKey: string;
    readonly webhookSecret: string;
  };
  /** The installation on the first owner. */
  readonly installationId: number;
  /** The installation on this owner; throws when there is none. */
  installationOf(owner: string): number;

  /** A bare repository; with `files` its default branch gets a first commit. New owners get an installation. */
  createRepository(
    input: RepositoryRef & {
      readonly defaultBranch?: string;
      readonly description?: string;
      readonly private?: boolean;
      readonly files?: Readonly<Record<string, string>>;
      /** Default false. */
      readonly deleteBranchOnMerge?: boolean;
    },
  ): Promise<RepositoryRef>;
  /** Gives it another name; the former one redirects. */
  renameRepository(input: RepositoryRef & { readonly to: string }): Promise<RepositoryRef>;
  /** A fork owned by a person; pull requests from it use `login:branch` as their head. */
  fork(input: RepositoryRef & { readonly by: string }): Promise<RepositoryRef>;
  /** The bare repository on disk. */
  gitDir(repository: RepositoryRef): string;
  /** Clone URL; with a login that person's token is part of it. */
  gitUrl(repository: RepositoryRef, login?: string): string;

  /** Creates the person on first use. */
  user(login: string): User;
  setPermission(input: RepositoryRef & { readonly login: string; readonly permission: RepositoryRole }): void;

  /** Writes a commit and emits what a push emits. Returns its id. */
  commit(input: CommitInput): Promise<string>;
  openPull(input: OpenPullInput): Promise<PullSummary>;
  pull(ref: PullRef): PullSummary;
  /** All of a repository, oldest first. */
  pulls(ref: RepositoryRef): readonly PullSummary[];
  editPull(
    ref: PullRef & { readonly title?: string; readonly body?: string; readonly by?: string },
  ): Promise<PullSummary>;
  mergePull(ref: PullRef & { readonly method?: MergeMethod; readonly by?: string }): Promise<PullSummary>;
  closePull(ref: PullRef & { readonly by?: string }): Promise<PullSummary>;
  reopenPull(ref: PullRef & { readonly by?: string }): Promise<PullSummary>;
  /** The issues of a repository that are no pull requests, oldest first. */
  issues(ref: RepositoryRef): readonly IssueSummary[];
  /** On a pull request or an issue. */
  comment(ref: PullRef & { readonly body: string; readonly by?: string }): Promise<CommentSummary>;
  editComment(
    ref: RepositoryRef & { readonly id: number; readonly body: string; readonly by?: string },
  ): Promise<CommentSummary>;
  comments(ref: PullRef): readonly CommentSummary[];
  /** All check runs, or those of one commit. */
  checkRuns(ref: RepositoryRef & { readonly sha?: string }): readonly CheckRunSummary[];
  /** What the "Re-run" button does. */
  rerequestCheckRun(ref: RepositoryRef & { readonly id: number; readonly by?: string }): Promise<void>;

  /** Every REST request so far, oldest first. */
  readonly requests: readonly RequestRecord[];
  countRequests(filter?: RequestFilter): number;
  /** Every event so far, oldest first, sent or not. */
  readonly events: readonly WebhookEvent[];
  /** Every delivery attempt so far, oldest first. */
  readonly deliveries: readonly Delivery[];
  setWebhookUrl(url: string): void;
  setDeliveryMode(mode: DeliveryMode): void;
  /** Sends a delivery again under its GUID; resolves with the new attempt. */
  redeliver(deliveryId: number): Promise<Delivery>;
  /** Resolves when no delivery is under way. */
  settled(): Promise<void>;
  injectFault(fault: Fault): void;

  /** Stops listening, writes the snapshot. */
  close(): Promise<void>;
}
