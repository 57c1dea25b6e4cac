import { dismissApprovals } from "../../change/approvals.ts";
import { Moved, type PutBranch, putBranch } from "../../change/branch.ts";
import type { ComputedChange } from "../../change/compute.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { sourceChanges } from "../../change/source/changes.ts";
import type { PullRequest } from "../../model/github.ts";
import { canonicalImage } from "../../model/registry.ts";
import type { EntryDecision } from "../evaluate.ts";
import { type ImageBodyParts, type ImageSection, imageBody } from "../text/body.ts";
import { type ImageMetadata, isWithin, parseImages, printImages, sameBumps, sameVersions } from "../text/metadata.ts";
import { bumpsLine, imageTitle } from "../text/title.ts";
import { updateMarker, updateText } from "../text/update.ts";
import type { ImageUnit } from "../units.ts";
import type { ImagePorts } from "./ports.ts";

/** A pull request that brings what was decided; `declined`: one that did, and that a person closed. */
export interface Published {
  readonly pull: PullRequest;
  /** The head that carries it: what GitHub says of the pull request may be a moment old. */
  readonly head?: string;
  readonly how: "opened" | "updated" | "same" | "declined";
}

type Bumped = Omit<ImageMetadata, "head" | "replaced">;

/** What a computed change brings, without where it stands. */
function bumpedOf(
  context: Pick<RepositoryContext, "base">,
  unit: ImageUnit,
  decisions: readonly EntryDecision[],
  computed: ComputedChange,
): Bumped {
  const targets = computed.targets.flatMap(({ app, environment, outcome, images }) =>
    outcome === "planned" ? [{ app, environment, images: [...images] }] : [],
  );
  return { unit: unit.name, base: context.base, images: broughtBy(decisions, targets), targets };
}

/** The images that at least one planned target gets. */
function broughtBy(decisions: readonly EntryDecision[], targets: ImageMetadata["targets"]): ImageMetadata["images"] {
  const written = new Set(targets.flatMap(({ images }) => images.map(({ image }) => canonicalImage(image))));
  return decisions.flatMap(({ entry, decision: { chosen } }) =>
    chosen !== undefined && written.has(canonicalImage(entry.image))
      ? [{ image: entry.image, tag: chosen.tag, digest: chosen.facts.digest, platforms: [...(entry.platforms ?? [])] }]
      : [],
  );
}

/** The newest pull request of the unit when a person closed it and it had all of these versions, for these targets and maybe for more; Sluice does not open it again. */
async function declinedBy(
  ports: ImagePorts,
  context: RepositoryContext,
  unit: ImageUnit,
  computed: ComputedChange,
): Promise<PullRequest | undefined> {
  const pull = await context.github.pullRequestOf(unit.branch);
  if (pull?.state !== "closed" || pull.merged) return undefined;
  const metadata = parseImages(pull.body, unit.branch, ports.signer);
  const bumped = bumpedOf(context, unit, [], computed);
  return metadata !== undefined && isWithin(bumped, metadata) ? pull : undefined;
}

/** Puts the change on the unit's branch and opens the pull request, or brings the open one up to date; neither where a person declined it. Throws `Moved` when somebody was faster. */
export async function publish(
  ports: ImagePorts,
  context: RepositoryContext,
  unit: ImageUnit,
  decisions: readonly EntryDecision[],
  computed: ComputedChange,
  firstTry: boolean,
): Promise<Published> {
  const isNew = !context.branches.has(unit.branch);
  const before = isNew ? await declinedBy(ports, context, unit, computed) : undefined;
  if (before !== undefined) return { pull: before, how: "declined" };
  const bumped = bumpedOf(context, unit, decisions, computed);
  const title = imageTitle(bumped);
  assertFits(ports, unit, bumped);
  const put = await putBranch(ports, context, unit.branch, computed, title, firstTry);
  const declined = isNew || put.pull !== undefined ? undefined : await declinedBy(ports, context, unit, computed);
  if (declined !== undefined) {
    // Closed a moment ago, and its branch was not cleared away yet.
    await context.github.deleteBranch(unit.branch, put.head);
    return { pull: declined, how: "declined" };
  }
  const done = await putPull(ports, context, unit, { bumped, decisions, computed, put, title });
  const labels = [...new Set(unit.entries.flatMap(({ pullRequest }) => pullRequest.labels ?? []))];
  if (labels.some((label) => !done.pull.labels.includes(label)))
    await context.github.setLabelsAndAssignees(done.pull.number, [...new Set([...done.pull.labels, ...labels])], []);
  return { ...done, head: put.head };
}

/** Throws before anything is written. */
function assertFits({ signer }: ImagePorts, { branch }: ImageUnit, bumped: Bumped): void {
  printImages({ ...bumped, head: "0".repeat(40), replaced: [] }, branch, signer);
}

interface Putting {
  readonly bumped: Bumped;
  readonly decisions: readonly EntryDecision[];
  readonly computed: ComputedChange;
  readonly put: PutBranch;
  readonly title: string;
}

async function putPull(
  ports: ImagePorts,
  context: RepositoryContext,
  unit: ImageUnit,
  putting: Putting,
): Promise<Published> {
  const { put, title } = putting;
  if (put.pull !== undefined) return renew(ports, context, unit, putting, put.pull);
  const metadata = { ...putting.bumped, head: put.head, replaced: [] };
  const body = await bodyOf(ports, context, unit, putting, metadata);
  const opened = await context.github.openPullRequest({ head: unit.branch, base: context.base, title, body });
  if (opened === undefined) throw new Moved(unit.branch);
  return opened.adopted ? renew(ports, context, unit, putting, opened.pull) : { pull: opened.pull, how: "opened" };
}

async function renew(
  ports: ImagePorts,
  context: RepositoryContext,
  unit: ImageUnit,
  putting: Putting,
  pull: PullRequest,
): Promise<Published> {
  const { bumped, put, title } = putting;
  const before = parseImages(pull.body, unit.branch, ports.signer);
  const same = before !== undefined && sameBumps(before, bumped);
  if (!put.changed && same && before.head === put.head) return { pull, how: "same" };
  const moved = before !== undefined && sameVersions(before, bumped);
  const replaced =
    before === undefined ? [] : moved ? before.replaced : [...before.replaced, bumpsLine(before)].slice(-20);
  const metadata = { ...bumped, head: put.head, replaced };
  const fallen = same ? [] : await dismissApprovals(context.github, pull, "It brings other images now.");
  const body = await bodyOf(ports, context, unit, putting, metadata);
  const updated = await context.github.updatePullRequest(pull.number, { title, body });
  if (!same) {
    const text = updateText(before, metadata, fallen);
    await context.github.upsertComment(pull.number, updateMarker(metadata, moved), text);
  }
  ports.log.info({ pullRequest: pull.number, unit: unit.name }, "image pull request brought up to date");
  return { pull: updated, how: "updated" };
}

async function bodyOf(
  ports: ImagePorts,
  context: RepositoryContext,
  unit: ImageUnit,
  { decisions, computed }: Putting,
  metadata: ImageMetadata,
): Promise<string> {
  const brought = new Set(metadata.images.map(({ image }) => canonicalImage(image)));
  const sections: ImageSection[] = [];
  for (const one of decisions) {
    if (brought.has(canonicalImage(one.entry.image))) sections.push(...(await sectionOf(ports, context, one)));
  }
  const parts: ImageBodyParts = {
    metadata,
    hidden: printImages(metadata, unit.branch, ports.signer),
    sections,
    notes: computed.targets.flatMap(({ app, environment, outcome, notes }) =>
      outcome === "planned" ? notes.map((note) => ({ target: `${app} in ${environment}`, note })) : [],
    ),
    left: [
      ...computed.targets.flatMap((target) =>
        target.outcome === "refused" ? [{ target: `${target.app} in ${target.environment}`, why: target.reason }] : [],
      ),
      ...decisions.flatMap(({ left }) => left.map(({ target, why }) => ({ target: target.id, why }))),
    ],
    autoMerge: mergesItself(unit),
  };
  return imageBody(parts);
}

/** Whether all of a unit say that Sluice merges it. */
export function mergesItself({ entries }: Pick<ImageUnit, "entries">): boolean {
  return entries.every(({ pullRequest }) => pullRequest.autoMerge);
}

async function sectionOf(
  ports: ImagePorts,
  context: RepositoryContext,
  { entry, decision }: EntryDecision,
): Promise<readonly ImageSection[]> {
  const { chosen } = decision;
  if (chosen === undefined) return [];
  const { facts, tag } = chosen;
  const moving = decision.targets.find(({ moves }) => moves);
  const now = moving?.from;
  const old = now === undefined ? "" : now.digest || now.tag;
  const before = old === "" ? undefined : await ports.registry.facts(entry.image, old, context.signal);
  const verdict = decision.verdicts.find((one) => one.outcome === "chosen");
  return [
    {
      image: entry.image,
      tag,
      digest: facts.digest,
      platforms: facts.platforms,
      built: facts.created === undefined ? undefined : Date.parse(facts.created),
      reason: verdict?.reason ?? decision.summary,
      skipped: decision.skipped,
      source: await sourceChanges(ports, context, before, facts),
    },
  ];
}
