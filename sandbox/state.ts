import type {
  Activity,
  Deployment,
  ForeignApp,
  Issue,
  Label,
  Protection,
  QueueEntry,
  Review,
  Ruleset,
  Team,
} from "./state-parts.ts";
import type { Delivery, WebhookEvent } from "./types.ts";
import type { AccessLevel, MergeMethod, RepositoryRole } from "./types-common.ts";

/** An account: a person, an organization or the app's bot. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
  /** Empty where nobody can sign in. */
  readonly token: string;
}

/** The app on one account. */
export interface Installation {
  readonly id: number;
  readonly account: string;
  readonly createdAt: string;
  /** What the account granted; null is what the app asks for. */
  permissions: Readonly<Record<string, AccessLevel>> | null;
}

/** An installation token, possibly narrowed. */
export interface InstallationToken {
  readonly token: string;
  readonly installationId: number;
  readonly expiresAt: string;
  readonly permissions: Readonly<Record<string, AccessLevel>>;
  /** Ids of the repositories, or null for all of the installation. */
  readonly repositoryIds: readonly number[] | null;
}

/** A pull request. Times are ISO strings in UTC, as everywhere in the state. */
export interface Pull {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  readonly byApp: boolean;
  title: string;
  body: string;
  state: "open" | "closed";
  draft: boolean;
  readonly headRepoId: number;
  readonly headRef: string;
  headSha: string;
  baseRef: string;
  baseSha: string;
  /** Names of the repository's labels. */
  labels: string[];
  assignees: string[];
  requestedReviewers: string[];
  /** Slugs. */
  requestedTeams: string[];
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  mergedAt: string | null;
  mergedBy: string | null;
  /** The test merge while open, the merge afterwards. */
  mergeCommitSha: string | null;
}

/** A comment on a pull request or an issue. */
export interface Comment {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  readonly byApp: boolean;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
  readonly reactions: Reaction[];
}

/** A reaction to a comment. */
export interface Reaction {
  readonly id: number;
  readonly content: string;
  readonly user: string;
  readonly createdAt: string;
}

/** One annotation, in the words of GitHub's API. */
export interface StoredAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title: string | null;
  readonly raw_details: string | null;
}

/** A check run. */
export interface CheckRun {
  readonly id: number;
  /** The App that made it. */
  readonly appId: number;
  readonly suiteId: number;
  readonly headSha: string;
  name: string;
  externalId: string | null;
  detailsUrl: string | null;
  status: string;
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: StoredAnnotation[];
}

/** An App's check runs on one commit. */
export interface CheckSuite {
  readonly id: number;
  readonly appId: number;
  readonly headSha: string;
  readonly createdAt: string;
}

/** A commit status. */
export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: string;
  readonly createdAt: string;
}

/** A repository; its objects are in the bare repository on disk. */
export interface Repository {
  readonly id: number;
  readonly owner: string;
  name: string;
  /** Absent where it always had its name, and in the snapshots of earlier versions. */
  formerNames?: readonly string[];
  readonly description: string | null;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly forkOf: number | null;
  readonly createdAt: string;
  pushedAt: string;
  nextNumber: number;
  /** People who were given a role; the owner has `admin` without being listed. */
  readonly roles: Record<string, RepositoryRole>;
  /** Branches and tags as last seen; a difference from the disk is a push that was not told yet. */
  refs: Record<string, string>;
  /** What became of them, oldest first. Absent in the snapshots of earlier versions. */
  activities?: Activity[];
  /** Commits that the API made without author and committer, which GitHub would sign. */
  readonly signed: string[];
  readonly pulls: Pull[];
  /** Those that are no pull requests. Absent in the snapshots of earlier versions. */
  issues?: Issue[];
  readonly comments: Comment[];
  readonly checkSuites: CheckSuite[];
  readonly checkRuns: CheckRun[];
  readonly statuses: CommitStatus[];
  readonly labels: Label[];
  readonly reviews: Review[];
  readonly deployments: Deployment[];
  readonly protections: Protection[];
  /** Absent in the snapshots of earlier versions. */
  rulesets?: readonly Ruleset[];
  readonly queue: QueueEntry[];
  mergeMethods: readonly MergeMethod[];
  readonly deleteBranchOnMerge: boolean;
}

/** Everything that survives a restart, plain JSON. */
export interface State {
  nextId: number;
  readonly app: AppRegistration;
  readonly accounts: Account[];
  readonly installations: Installation[];
  readonly tokens: InstallationToken[];
  readonly teams: Team[];
  readonly foreignApps: ForeignApp[];
  readonly repositories: Repository[];
  readonly events: WebhookEvent[];
  readonly deliveries: Delivery[];
}

/** The app under test. */
export interface AppRegistration {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly permissions: Readonly<Record<string, AccessLevel>>;
  readonly events: readonly string[];
  readonly createdAt: string;
}
