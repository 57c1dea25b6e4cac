import type { ComputedChange } from "../../change/compute.ts";
import type { Proposal } from "../../change/pull-request/proposal.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { sourceChanges } from "../../change/source/changes.ts";
import type { PullRequest } from "../../model/github.ts";
import { canonicalImage } from "../../model/registry.ts";
import { targetId } from "../../model/target.ts";
import { isLeftNote } from "../bump.ts";
import type { EntryDecision } from "../entry-decision.ts";
import { type ImageBodyParts, imageBody } from "../text/body.ts";
import { type ImageMetadata, isWithin, printImageMetadata, sameVersions } from "../text/metadata.ts";
import { imagePullRequest } from "../text/pull-request.ts";
import type { ImageSection } from "../text/section.ts";
import { bumpsLine, imageTitle } from "../text/title.ts";
import type { ImageUnit } from "../units.ts";
import type { ImagePorts } from "./ports.ts";
import { newerOf, oldOf, withoutTag } from "./section-facts.ts";
import { settleImage } from "./settle.ts";
import { staysOf } from "./stays.ts";

/** A pull request that brought what is wanted, and that a person closed. */
export interface Declined {
  readonly how: "declined";
  readonly pull: PullRequest;
}

type Bump = Omit<ImageMetadata, "head" | "replaced">;

/**
 * The pull request of a unit: what its branch, title, description and metadata say. Closing one declines its versions.
 * More targets than fit into one pull request are a `limit` UserError.
 */
export function proposalOf(
  ports: ImagePorts,
  context: RepositoryContext,
  unit: ImageUnit,
  decisions: readonly EntryDecision[],
  computed: ComputedChange,
): Proposal<ImageMetadata, Declined> {
  const bump = bumpOf(context, unit, decisions, computed);
  // Before anything is written.
  printImageMetadata({ ...bump, head: "0".repeat(40), replaced: [] }, unit.branch, context.signer);
  const labels = [...new Set(unit.entries.flatMap(({ pullRequest }) => pullRequest.labels ?? []))];
  return {
    kind: imagePullRequest,
    branch: unit.branch,
    title: imageTitle(bump),
    change: computed,
    metadata: (head, before) => ({ ...bump, head, replaced: replacedBy(bump, before) }),
    body: async (metadata) =>
      imageBody({
        ...remarksOf(decisions, computed),
        metadata,
        comment: printImageMetadata(metadata, unit.branch, context.signer),
        sections: await sectionsOf(ports, context, decisions, metadata),
        autoMerge: mergesItself(unit),
        promote: takerOf(context, bump),
        docsUrl: ports.docsUrl,
        now: ports.clock(),
      }),
    settle: (ended) => settleImage(ports, context.where, ended, context.signal),
    introduction: () => ({ labels, assignees: [], reviewers: { users: [], teams: [] } }),
    // It had all of these versions, for these targets and maybe for more.
    declined: (closed, pull) => (isWithin(bump, closed) ? { how: "declined", pull } : undefined),
  };
}

/** What a computed change brings, without where it stands. */
function bumpOf(
  { base }: RepositoryContext,
  unit: ImageUnit,
  decisions: readonly EntryDecision[],
  computed: ComputedChange,
): Bump {
  const targets = computed.targets.flatMap(({ app, environment, outcome, images }) =>
    outcome === "planned" ? [{ app, environment, images: [...images] }] : [],
  );
  const written = new Set(targets.flatMap(({ images }) => images.map(({ image }) => canonicalImage(image))));
  const images = decisions.flatMap(({ entry: { image, platforms = [] }, decision: { chosen } }) =>
    chosen !== undefined && written.has(canonicalImage(image))
      ? [{ image, tag: chosen.tag, digest: chosen.facts.digest, platforms: [...platforms] }]
      : [],
  );
  const planned = new Set(
    computed.targets.flatMap((one) => (one.outcome === "planned" ? [targetId(one.app, one.environment)] : [])),
  );
  return { unit: unit.name, base, images, targets, ...staysOf(decisions, computed, planned) };
}

function replacedBy(bump: Bump, before: ImageMetadata | undefined): readonly string[] {
  if (before === undefined) return [];
  return sameVersions(before, bump) ? before.replaced : [...before.replaced, bumpsLine(before)].slice(-20);
}

function remarksOf(
  decisions: readonly EntryDecision[],
  { targets }: ComputedChange,
): Pick<ImageBodyParts, "notes" | "left"> {
  const name = ({ app, environment }: (typeof targets)[number]) => `${app} in ${environment}`;
  return {
    notes: targets.flatMap((target) =>
      target.outcome === "planned"
        ? target.notes.filter((note) => !isLeftNote(note)).map((note) => ({ target: name(target), note }))
        : [],
    ),
    left: [
      ...targets.flatMap((target) =>
        target.outcome === "refused" ? [{ target: name(target), why: target.reason }] : [],
      ),
      ...decisions.flatMap(({ left }) => left.map(({ target, why }) => ({ target: target.id, why }))),
    ],
  };
}

/** Whether all entries of a unit say that Sluice merges it. */
export function mergesItself({ entries }: Pick<ImageUnit, "entries">): boolean {
  return entries.every(({ pullRequest }) => pullRequest.autoMerge);
}

/** One section for each image that is brought. */
async function sectionsOf(
  ports: ImagePorts,
  context: RepositoryContext,
  decisions: readonly EntryDecision[],
  { images }: ImageMetadata,
): Promise<readonly ImageSection[]> {
  const brought = new Set(images.map(({ image }) => canonicalImage(image)));
  const sections: ImageSection[] = [];
  for (const { entry, decision } of decisions) {
    const { chosen } = decision;
    if (chosen === undefined || !brought.has(canonicalImage(entry.image))) continue;
    const { facts, tag } = chosen;
    const from = decision.targets.find(({ moves }) => moves)?.from;
    const old = from === undefined ? "" : from.digest || from.tag;
    const before = old === "" ? undefined : await ports.registry.facts(entry.image, old, context.signal);
    sections.push({
      image: entry.image,
      tag,
      digest: facts.digest,
      platforms: facts.platforms,
      built: facts.created === undefined ? undefined : Date.parse(facts.created),
      ...oldOf(decision, tag),
      reason: withoutTag(
        decision.verdicts.find(({ outcome }) => outcome === "chosen")?.reason ?? decision.summary,
        tag,
      ),
      skipped: decision.skipped,
      newer: newerOf(decision, tag),
      follows: entry.policy.digest !== undefined,
      source: await sourceChanges(ports, context, before, facts),
    });
  }
  return sections;
}

/** The environment that takes its versions from those that are updated, where there is one. */
export function takerOf({ config }: RepositoryContext, { targets }: Pick<Bump, "targets">): string | undefined {
  const updated = new Set(targets.map(({ environment }) => environment));
  const takers = config.environments.filter(
    ({ name, from }) => from !== undefined && [from].flat().some((one) => updated.has(one)) && !updated.has(name),
  );
  return takers.length === 1 ? takers[0]?.name : undefined;
}
