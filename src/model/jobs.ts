import type { RegistryEvent } from "./images.ts";
import type { RepositoryName } from "./tree.ts";

/** A webhook delivery as it came in: the durable inbox keeps it until it is handled. */
export interface DeliveryJob {
  readonly type: "delivery";
  /** GitHub's delivery GUID; the job's id. */
  readonly id: string;
  readonly event: string;
  /** The raw JSON text of the body, its signature verified. */
  readonly payload: string;
}

/** Preview a pull request. Carries ids, not state: the head is read when the job runs, so the latest head wins. */
export interface PreviewJob {
  readonly type: "preview";
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  /** How often it was put off since, because of an outage that lasted. */
  readonly putOff?: number;
}

/** Carry out the commands of one comment. */
export interface CommandJob {
  readonly type: "command";
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  /** What has that number is an issue of Sluice's own. */
  readonly issue?: true;
  readonly commentId: number;
  /** Who wrote it; the rights are checked when the job runs. */
  readonly actor: string;
  /** The comment's text at the time of the event. */
  readonly body: string;
  /** When it was written, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Bring every promotion of a repository up to date: what waits, what opens by itself, what the base's new commits
 * change.
 */
export interface PromotionsJob {
  readonly type: "promotions";
  readonly installationId: number;
  readonly repository: RepositoryName;
  /** The branch that the environments live on. */
  readonly defaultBranch: string;
}

/** Evaluate the gates of one promotion pull request, say them, and merge it where that is Sluice's to do. */
export interface GatesJob {
  readonly type: "gates";
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  /** It was closed, or opened again after that, so it is used up even if it is open when this runs. */
  readonly ended?: true;
}

/**
 * Look at how the newest deploys to an environment went: propose a rollback of what failed, end the proposals that are
 * of no use any more.
 */
export interface RollbackJob {
  readonly type: "rollback";
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly defaultBranch: string;
  readonly environment: string;
}

/** Update the comment "Where is this change" of one pull request. */
export interface StatusCommentJob {
  readonly type: "status-comment";
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
}

/** An authentic event of a registry, or a replay of one. */
export interface RegistryJob extends RegistryEvent {
  readonly type: "registry";
}

/**
 * Learn which images a repository wants to hear of, and evaluate its image pull requests again; forget them where
 * the App may no longer read the repository.
 */
export interface WatchJob {
  readonly type: "watch";
  readonly installationId: number;
  readonly repository: RepositoryName;
  /** Absent where the event does not say: GitHub is asked for it, and whether the repository is still there. */
  readonly defaultBranch?: string;
}

/**
 * Compare the wanted version of one image, or of a group of images, with what the repository has, and bring its pull
 * request up to date.
 */
export interface ImageJob {
  readonly type: "image";
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly defaultBranch: string;
  /** What shares a pull request, see `unitsOf`. */
  readonly unit: string;
}

/**
 * Check one image pull request at its head, say it, and merge it where that is Sluice's to do; settle what was merged
 * or closed.
 */
export interface ImagePullJob {
  readonly type: "image-pull";
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  /** It was closed, or opened again after that, so it is used up even if it is open when this runs. */
  readonly ended?: true;
}
