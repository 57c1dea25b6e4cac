import { describesHead } from "../../change/pull-request/metadata.ts";
import type { Published } from "../../change/pull-request/proposal.ts";
import {
  actorOf,
  type ChangedTarget,
  eventId,
  type GateChange,
  type GatesChanged,
  type PromotionAdvanced,
  type PromotionClosed,
  type PromotionMerged,
  type PromotionOpened,
  type PromotionSuperseded,
} from "../../model/events.ts";
import type { GateVerdict } from "../../model/gates.ts";
import type { PullRequest } from "../../model/github.ts";
import { canonicalImage } from "../../model/registry.ts";
import type { HistoryEntry, StateAddress } from "../../model/state.ts";
import { shownGates } from "../text/gates.ts";
import { type PromotionMetadata, sameVersions } from "../text/metadata.ts";

/** A promotion's pull request with what it carries. */
export interface OfPull {
  readonly where: StateAddress;
  readonly pull: PullRequest;
  readonly metadata: PromotionMetadata;
}

/** Its pull request was opened or updated; `undefined` when it said the same before. */
export function publishedEvent(
  where: StateAddress,
  { how, pull, head, before, now: metadata }: Published<PromotionMetadata>,
  now: number,
): PromotionOpened | PromotionAdvanced | PromotionSuperseded | undefined {
  const of = { where, pull, metadata };
  if (how === "opened") return about("opened", of, now);
  if (how === "same") return undefined;
  if (before === undefined || sameVersions(before, metadata.targets))
    return { ...about("advanced", of, now, head), head };
  return { ...about("superseded", of, now, head), head, replaced: changedTargets(before) };
}

/**
 * It was merged; `sourceMergedAt` is the last of what `broughtAt` finds. What a person pushed to the branch is not
 * known.
 */
export function mergedEvent(of: OfPull, sourceMergedAt: number | undefined, now: number): PromotionMerged {
  const { pull, metadata } = of;
  const { openedAt, closedAt: mergedAt = now } = pull;
  const known = describesHead(metadata, pull);
  const targets = changedTargets(metadata).map((target) => (known ? target : { ...target, versions: [] }));
  return { ...about("merged", of, now), targets, openedAt, mergedAt, sourceMergedAt };
}

/** It was closed and not merged. */
export function closedEvent(of: OfPull, by: "sluice" | "person", reason: string, now: number): PromotionClosed {
  return { ...about("closed", of, now, of.pull.head.sha), openedAt: of.pull.openedAt, by, reason };
}

type Step = "opened" | "advanced" | "superseded" | "merged" | "closed";

/** What each event of a promotion says. `parts` tell it from others of its kind on this pull request. */
function about<S extends Step>(step: S, { where, pull, metadata }: OfPull, at: number, ...parts: readonly string[]) {
  const kind = `${metadata.kind}.${step}` as const;
  return {
    kind,
    id: eventId(kind, where.repository, pull.number, ...parts),
    at,
    ...where,
    pullRequest: pull.number,
    environment: metadata.environment,
    from: metadata.from,
    targets: changedTargets(metadata),
    actor: actorOf(metadata.actor),
  };
}

/** What its targets get. */
export function changedTargets({ environment, targets }: PromotionMetadata): readonly ChangedTarget[] {
  return targets.map(({ app, images }) => ({ app, environment, versions: images }));
}

/**
 * When the last of these versions came into one target of the source by a merge of Sluice's; `undefined` when its
 * history does not have them all.
 */
export function broughtAt(history: readonly HistoryEntry[], { versions }: ChangedTarget): number | undefined {
  const moments = versions.map(({ image, to }) => {
    const brought = history.findLast(
      ({ kind, versions: those = [] }) =>
        (kind === "bumped" || kind === "promoted" || kind === "rolled-back") &&
        those.some((one) => canonicalImage(one.image) === canonicalImage(image) && one.to === to),
    );
    return brought === undefined ? Number.NaN : Date.parse(brought.at);
  });
  return lastOf(moments);
}

/** The last of these moments; `undefined` when there is none, or one is not known. */
export function lastOf(moments: readonly number[]): number | undefined {
  const last = Math.max(...moments);
  return moments.length === 0 || Number.isNaN(last) ? undefined : last;
}

/** The gates came to another result than the description shows; `undefined` when they did not. */
export function gatesEvent(
  { where, pull, metadata }: OfPull,
  verdict: GateVerdict,
  now: number,
): GatesChanged | undefined {
  const shown = shownGates(pull.body);
  const changes = verdict.results.flatMap(({ gate, state, reason }): GateChange[] => {
    const was = shown.get(gate);
    return was === state ? [] : [{ gate, was, now: state, reason }];
  });
  if (changes.length === 0) return undefined;
  const steps = changes.map((one) => `${one.gate}:${one.was ?? ""}>${one.now}`).join(",");
  const { nextAt } = verdict;
  return {
    kind: "gates.changed",
    id: eventId("gates.changed", where.repository, pull.number, pull.head.sha, steps, nextAt ?? ""),
    at: now,
    ...where,
    pullRequest: pull.number,
    environment: metadata.environment,
    head: pull.head.sha,
    state: verdict.state,
    changes,
    openedAt: pull.openedAt,
    ...(nextAt === undefined ? {} : { nextAt }),
  };
}
