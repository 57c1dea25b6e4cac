import type { PushedImage } from "../images.ts";
import type { Actor, ChangedTarget, Happened, OnPullRequest } from "./common.ts";

/** An image with the tag that is brought. */
export interface BroughtImage {
  /** As the configuration writes it. */
  readonly image: string;
  readonly tag: string;
  readonly digest: string;
  /** When an event first named the tag; absent when none did, e.g. because the registry was polled. */
  readonly reportedAt?: number;
}

interface OfImages extends OnPullRequest {
  /** An image, or a group of images that share a pull request. */
  readonly unit: string;
  readonly images: readonly BroughtImage[];
  readonly targets: readonly ChangedTarget[];
}

/** The pull request of a unit was opened. */
export interface ImageOpened extends OfImages {
  readonly kind: "image.opened";
  readonly head: string;
}

/** The open pull request of a unit was brought up to date: other tags, other targets, or a base that moved. */
export interface ImageAdvanced extends OfImages {
  readonly kind: "image.advanced";
  readonly head: string;
}

/**
 * The pull request of a unit was merged and is in the histories of its targets. Announced once more by each later look
 * at the closed pull request.
 */
export interface ImageMerged extends OfImages {
  readonly kind: "image.merged";
  readonly openedAt: number;
  readonly mergedAt: number;
  /** Automation, which brought it: who merged it is GitHub's to tell. */
  readonly actor: Actor;
}

/**
 * A person closed the pull request of a unit: its versions do not come again by themselves. Announced once more by each
 * later look at it.
 */
export interface ImageDeclined extends OfImages {
  readonly kind: "image.declined";
}

/** Sluice closed the pull request of a unit, because nothing is left to do. */
export interface ImageClosed extends OnPullRequest {
  readonly kind: "image.closed";
  readonly branch: string;
  readonly reason: string;
}

/**
 * An authentic event of a registry is in the event log; nothing was looked at yet. `ignored` says why an event about no
 * image is not needed.
 */
export interface RegistryReceived extends Happened {
  readonly kind: "registry.received";
  readonly hook: string;
  readonly source: string;
  /** When it was received. */
  readonly receivedAt: number;
  readonly pushes: readonly PushedImage[];
  readonly ignored?: string;
}
