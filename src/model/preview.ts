import type { Declaration, Destination, Handling } from "./declaration.ts";
import type { UnpinnedReference } from "./render.ts";
import type { MovingSource } from "./sources.ts";
import type { SpecKind } from "./target.ts";

/** How much a reviewer must care, the gravest first. */
export const SEVERITIES = ["danger", "warning", "notice"] as const;

/** How much a reviewer must care. */
export type Severity = (typeof SEVERITIES)[number];

/** Names a resource. `namespace` is `""` where there is none. */
export interface ResourceId {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Something a reviewer must see. */
export interface Finding {
  /** Which rule, e.g. `deleted-persistent-volume-claim`. */
  readonly id: string;
  readonly severity: Severity;
  readonly app: string;
  readonly environment: string;
  /** `Kind/name` or `Kind/namespace/name`; `""` for a finding about the whole target. */
  readonly resource: string;
  readonly message: string;
  /** What to do, without a word before it. */
  readonly fix?: string;
  /** The same as phrases that can name several places at once; see `diff/finding-words.ts`. */
  readonly words?: FindingWords;
  /** Where in the head's files it can be fixed, where that is known. */
  readonly file?: string;
  readonly line?: number;
  /** Somebody with the right to say so confirmed that it is meant, at this very head. */
  readonly acknowledged?: Acknowledgement;
  /** The other file, of something that two files define. */
  readonly also?: { readonly file: string; readonly line?: number };
}

/** Who confirmed that a finding is meant. */
export interface Acknowledgement {
  /** A login. */
  readonly by: string;
  readonly reason?: string;
}

/**
 * A finding with blanks. `{app}` and `{resource}` name what it is about, `{owner}` the app or the resource of it,
 * `{where}` the environments (` in prod`), `{there}` the same where no heading says it, `{base}` the branch that is
 * merged into, `{one|more}` depends on how many apps there are, `{#one|more}` on how many resources; `{ack}` is how to
 * say that it is meant.
 */
export interface FindingWords {
  /** For a heading: `volume claim deleted ({app})`. */
  readonly short: string;
  /** The first sentence says what, the others the consequence. */
  readonly message: string;
  readonly fix?: string;
  /** What `{resource}` stands for: `volume claim`, `Deployment`; with `names` told apart. */
  readonly noun?: string;
  /** The name of the resource, of which `{resource}` lists several. */
  readonly name?: string;
}

/** A field of one resource that changed from one short value to another. It holds no value of a Secret. */
export interface FieldChange {
  /** What people call it (`image`, `replicas`, `memory limit`), else the last two steps of its path. */
  readonly name: string;
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** What is shown of a line that is too long to be shown whole. */
export interface LongLine {
  readonly path: string;
  readonly length: number;
  readonly places: number;
  /** What changes, where it is one place and short. */
  readonly words: { readonly from: string; readonly to: string } | undefined;
}

/** How one resource differs. `diff` is unified YAML with secrets masked, without file headers. */
export interface ResourceChange extends ResourceId {
  readonly action: "added" | "removed" | "changed" | "renamed";
  /** For `renamed`: what it was. */
  readonly from?: ResourceId;
  readonly addedLines: number;
  readonly removedLines: number;
  readonly diff: string;
  /** All that changes, where that is one or two short values. */
  readonly fields?: readonly FieldChange[];
  /** Nothing changes but labels that repeat a version. */
  readonly labelsOnly?: boolean;
  /** Lines of `diff` that are excerpts. */
  readonly longLines?: readonly LongLine[];
  /** The diff leads from a first copy of the resource to a second one that the head brings. */
  readonly copies?: boolean;
  /** It leaves Git and stays in the cluster: no deploy deletes it. */
  readonly orphaned?: true;
  /** When it runs, where it is a hook and no part of what stays: `PreSync`, `pre-upgrade`; and whose hook it is. */
  readonly hook?: { readonly tool: "Argo CD" | "Helm"; readonly phase: string };
}

/**
 * A container's image changed. `container` is `Kind/name: container`; `from` or `to` is `""` when the container is new
 * or gone.
 */
export interface ImageChange {
  readonly container: string;
  readonly from: string;
  readonly to: string;
}

/** A workload's replicas changed; `undefined` where the field or the workload is absent. */
export interface ReplicaChange {
  readonly workload: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** What is asked of a Secret that is all that changes. It holds no value. */
export interface SecretUse {
  /** Keys whose values stay. */
  readonly stays: readonly string[];
  /** Workloads that read it when their pods start, and not again. */
  readonly readers: readonly { readonly kind: string; readonly name: string }[];
}

/** A value that is another one at every render, so that nothing can be said about it. */
export interface RandomValue {
  /** `Kind/name` or `Kind/namespace/name`. */
  readonly resource: string;
  /** `data.secretKey`. */
  readonly path: string;
}

/** Something about where a target stands that is another one at the head, where it is the same target. */
export interface Move {
  readonly what: "path" | "parent" | "declaration" | "chart";
  readonly from: string;
  readonly to: string;
}

/** A target that moved and renders the same. */
export interface MovedTarget {
  readonly app: string;
  readonly environment: string;
  readonly moves: readonly Move[];
}

/** A chart that is another version, or another chart, than before. Its words are those of its makers. */
export interface ChartChange {
  readonly name: string;
  /** `""` where there was none, or none is left. */
  readonly from: string;
  readonly to: string;
  /** The version of what the chart installs. */
  readonly app?: { readonly from: string; readonly to: string };
  /** What its makers say of this version, line by line. */
  readonly notes: readonly string[];
  /** Pages of its makers on a known forge. */
  readonly links: readonly { readonly title: string; readonly url: string }[];
}

/** Targets of which nobody can say what becomes of them, because what declares them is not rendered. */
export interface UnknownTargets {
  /** The target that declares them. */
  readonly app: string;
  readonly environment: string;
  readonly targets: readonly { readonly app: string; readonly environment: string }[];
}

/** What happens to one target between merge base and head. */
export interface TargetPreview {
  readonly app: string;
  readonly environment: string;
  readonly path: string;
  readonly renderer: SpecKind;
  readonly status: "changed" | "unchanged" | "added" | "removed" | "failed";
  /** Why it is affected: chains of paths, from a changed path through the directories that read it to the target. */
  readonly because: readonly (readonly string[])[];
  readonly changes: readonly ResourceChange[];
  readonly images: readonly ImageChange[];
  readonly replicas: readonly ReplicaChange[];
  /** Workloads that restart only because a hash-suffixed name they use changed. */
  readonly restarts: number;
  /** Workloads whose pods are replaced. */
  readonly rollouts?: number;
  /** Lines that are noise by `preview.ignore`, or by order and generated names, and were left out of `changes`. */
  readonly hiddenLines: number;
  /** Those of them that `preview.ignore` hides. */
  readonly ignoredLines?: number;
  /** Where one Secret is all that changes. */
  readonly secret?: SecretUse;
  /** Values that differ at every render, which are not compared. */
  readonly random?: readonly RandomValue[];
  /** The version of the chart, where the resources say in labels that it changed. */
  readonly chart?: { readonly from: string; readonly to: string };
  /** Charts that are another version, as their own files say. */
  readonly charts?: readonly ChartChange[];
  /** The object of a controller that deploys it, at the head, or at the base where it is gone. */
  readonly declaration?: Declaration;
  readonly destination?: Destination;
  readonly handling?: Handling;
  /** Besides its folder: what of its place is another one. */
  readonly moves?: readonly Move[];
  /** For a folder that was moved: the path at the merge base. */
  readonly movedFrom?: string;
  /** For a folder that was moved: how many resources it has, where all keep kind, namespace and name; else 0. */
  readonly sameIdentities?: number;
  /** For a folder that was moved: the object that deploys it, where its path changes in the same way. */
  readonly follower?: { readonly tool: string; readonly name: string };
  /** Something that is not fetched was left out of the comparison: `changes` holds the local part. */
  readonly partial?: true;
  /** What of the render is a guess. */
  readonly assumed?: "default-values";
  readonly error?: RenderProblem;
}

/** Why a target was not rendered, or not whole. */
export interface RenderProblem {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly side: "base" | "head";
  /**
   * Whose doing it is: the pull request broke it, it was so before, something is not fetched, or the values were
   * guessed.
   */
  readonly cause?: "change" | "before" | "not-fetched" | "guess";
}

/** What was looked at and what was left out. `truncated` counts resource diffs that a report could not hold. */
export interface Completeness {
  /** Targets known at base or head. */
  readonly targets: number;
  /** Targets with a changed input. */
  readonly affected: number;
  /** Affected targets that rendered on both sides (where they exist). */
  readonly rendered: number;
  readonly failed: number;
  /** Of those that rendered: how many without something that is not fetched. */
  readonly partial?: number;
  /** Targets of which nothing is known, because what declares them is not rendered; they count as affected. */
  readonly unknown?: number;
  /** Changed manifests, values and charts that no target reads. */
  readonly unread?: readonly string[];
  readonly truncated: number;
  readonly hiddenLines: number;
  /** Those of `hiddenLines` that `preview.ignore` hides. */
  readonly ignoredLines?: number;
  /** What is not compared because it is not followed: remote references, what objects of Argo CD and Flux point at. */
  readonly unpinned: readonly UnpinnedReference[];
  /** Values that only the cluster knows, each once; placeholders stand for them. */
  readonly values?: readonly UnpinnedReference[];
  /** How many of them only one side has, so that what changes there was not seen. */
  readonly newValues?: number;
}

/**
 * An image of which two environments have different versions: tags, digests, or several of them with commas; `""` for
 * an image without any.
 */
export interface VersionGap {
  /** The image as `environment` calls it, without tag and digest. */
  readonly image: string;
  readonly here: string;
  readonly there: string;
}

/** A field that two environments have differently. It holds no value of a Secret. */
export interface FieldGap {
  /** `Kind/name` or `Kind/namespace/name`, as the environment calls it that has the resource. */
  readonly resource: string;
  /** `spec.template.spec.containers[web].env[MODE]`; `""` for the resource as a whole. */
  readonly path: string;
  /** The values on one line; `undefined` where there is none. */
  readonly here: string | undefined;
  readonly there: string | undefined;
}

/** A commit on the base branch that brought a version into one of two environments. */
export interface DriftCommit {
  readonly sha: string;
  /** The first line of the message; for a merge of a pull request its title and number. */
  readonly subject: string;
  readonly author: string;
  readonly environment: string;
}

/**
 * One app in an environment that is not where the environment stands that it is promoted from. `here` is what
 * `environment` has, `there` what `from` has, as they will be when the pull request is merged.
 */
export interface EnvironmentDrift {
  readonly app: string;
  readonly environment: string;
  readonly from: string;
  readonly versions: readonly VersionGap[];
  /** Fields that the pull request pulls apart. */
  readonly fields: readonly FieldGap[];
  /**
   * The one file that the change is in, relative to the environment's folder, where promotions copy whole folders: the
   * next one takes the change back.
   */
  readonly copiedFile?: string;
  /** How many gaps are not listed. */
  readonly more: number;
  /** Which of the two environments get their versions by the pull request itself. */
  readonly byPullRequest: readonly string[];
  /** Where the versions came from otherwise, as far as that is known; those of `from` first. */
  readonly commits: readonly DriftCommit[];
}

/** The environments of the apps that a pull request touches, each compared with the one that it is promoted from. */
export interface Drift {
  /** Those that are apart, in the order of the configuration's environments. */
  readonly apart: readonly EnvironmentDrift[];
  /** How many were not compared: there are too many, or one of the two does not render. */
  readonly unchecked: number;
}

/** What the pull request's own configuration makes of one environment, once it is merged. */
export interface EnvironmentEffect {
  readonly environment: string;
  /** How many apps it has before and after. */
  readonly before: number;
  readonly after: number;
  readonly more: readonly string[];
  readonly fewer: readonly string[];
  /** Apps that are rendered from elsewhere, or in another way. */
  readonly other: readonly string[];
  /** Why it has none after: its path matches no folder. */
  readonly isUnmatched?: true;
}

/** What the pull request's own `.sluice.yaml`, which is valid, does once it is merged. */
export interface ConfigurationEffect {
  readonly isRemoved: boolean;
  /** How many apps there are then, and the environments, production first. */
  readonly apps: number;
  readonly environments: readonly string[];
  /** Environments that get something else, production first. */
  readonly effects: readonly EnvironmentEffect[];
}

/** The comparison of a pull request's renders at its merge base and at its head. */
export interface Preview {
  readonly base: string;
  readonly mergeBase: string;
  readonly head: string;
  /** Affected targets, the riskiest first; unaffected ones are only counted. */
  readonly targets: readonly TargetPreview[];
  readonly findings: readonly Finding[];
  readonly completeness: Completeness;
  /** Left out where no environment is promoted from another. */
  readonly drift?: Drift;
  /** Targets that moved and render the same. */
  readonly moved?: readonly MovedTarget[];
  /** What targets come from something that is not rendered. */
  readonly unknown?: readonly UnknownTargets[];
  /** Sources that the same address may lead away from tomorrow, or already has. */
  readonly moving?: readonly MovingSource[];
  /** Remarks on the configuration: where targets came from, that the head changes the file. */
  readonly notes: readonly string[];
  /** Set where the pull request edits the configuration. */
  readonly configuration?: ConfigurationEffect;
  /** Environments in promotion order, as far as that is known. */
  readonly environments?: readonly string[];
  /** How many apps are known in these environments. */
  readonly apps?: number;
  /** How many files the change touches. */
  readonly changedFiles?: number;
}
