import type { Destination } from "../../model/declaration.ts";
import type { FindingWords, Severity } from "../../model/preview.ts";
import { inTicks } from "../../model/text/markdown.ts";
import { verbatim } from "../finding-words.ts";
import type { AskedRevision, ControllerFacts } from "./facts.ts";

/** What is told of a switch that a change flips, and the field that it stands in. */
type Told = Pick<FindingWords, "short" | "message" | "fix"> & { readonly pointer: string };

/** One thing that a change may do to how a controller works. */
export interface ControllerChange {
  readonly id: string;
  readonly severity: Severity;
  /** `{resource}` in the words is the object. */
  tell(before: ControllerFacts, after: ControllerFacts): readonly Told[];
}

const them = "{#it|they}";

/** A change that turns something on or off; where a kind does not know it, nothing is told. */
function flip(
  about: Pick<ControllerChange, "id" | "severity">,
  read: (facts: ControllerFacts) => boolean | undefined,
  words: Readonly<Record<"on" | "off", Told | undefined>>,
): ControllerChange {
  return {
    ...about,
    tell(before, after) {
      const [was, is] = [read(before), read(after)];
      const told = was === is || was === undefined || is === undefined ? undefined : words[is ? "on" : "off"];
      return told === undefined ? [] : [told];
    },
  };
}

/** Everything that is told of an object of Argo CD or Flux that works in another way, the gravest first. */
export const controllerChanges: readonly ControllerChange[] = [
  { id: "destination-changed", severity: "danger", tell: destination },
  flip({ id: "suspend-switched", severity: "warning" }, ({ suspended }) => suspended, {
    on: {
      short: "{resource} is suspended",
      message: `{resource} {#is|are} suspended{where}. After the merge nothing of {#it|them} is deployed, until ${them} {#is|are} resumed.`,
      fix: "if this is not meant, leave the suspension out",
      pointer: "/spec/suspend",
    },
    off: {
      short: "{resource} is resumed",
      message: `{resource} {#is|are} resumed{where}. With the merge every change since the suspension goes live, not only this one.`,
      fix: "look at what changed meanwhile",
      pointer: "/spec",
    },
  }),
  flip({ id: "automation-switched", severity: "warning" }, ({ automated }) => automated, {
    on: {
      short: "{resource} deploys by itself",
      message:
        "{resource} {#deploys|deploy} by {#itself|themselves} from now on{where}. With the merge everything that waits for a sync goes live.",
      fix: "look at what is out of sync in Argo CD first",
      pointer: "/spec/syncPolicy",
    },
    off: {
      short: "{resource} no longer deploys by itself",
      message:
        "{resource} no longer {#deploys|deploy} by {#itself|themselves}{where}. After the merge a change is live only when somebody syncs it.",
      fix: "if this is not meant, keep `syncPolicy.automated`",
      pointer: "/spec/syncPolicy",
    },
  }),
  flip({ id: "prune-switched", severity: "warning" }, ({ prune }) => prune, {
    on: {
      short: "pruning is switched on",
      message:
        "Pruning is switched on for {resource}{where}. The next deploy deletes whatever it deployed before and Git no longer has.",
      fix: "look in the cluster for what Git no longer has",
      pointer: "/spec",
    },
    off: {
      short: "pruning is switched off",
      message:
        "Pruning is switched off for {resource}{where}. What leaves Git from now on stays in the cluster, and nothing updates it.",
      fix: "if this is not meant, keep pruning on",
      pointer: "/spec",
    },
  }),
  unlessMirrored(
    flip({ id: "deletion-policy-changed", severity: "warning" }, ({ cascades }) => cascades, {
      on: {
        short: "{resource} takes all with it when it goes",
        message: `When {resource} {#goes|go}, all that ${them} deployed is deleted from now on{where}. Until now it stayed in the cluster.`,
        pointer: "",
      },
      off: {
        short: "{resource} leaves all behind when it goes",
        message: `When {resource} {#goes|go}, all that ${them} deployed stays in the cluster from now on{where}. Until now it was deleted.`,
        fix: "if this is not meant, keep the finalizer or the deletion policy",
        pointer: "",
      },
    }),
  ),
  flip({ id: "replaces-objects", severity: "warning" }, ({ replaces }) => replaces, {
    on: {
      short: "objects are replaced instead of updated",
      message:
        "{resource} {#replaces|replace} objects instead of updating them from now on{where}. What cannot be updated is deleted and made again, with its pods and its data.",
      fix: "use it for one object by annotation, and for one deploy",
      pointer: "/spec",
    },
    off: undefined,
  }),
  { id: "project-changed", severity: "warning", tell: project },
  { id: "revision-moves", severity: "warning", tell: revisions },
  flip({ id: "self-heal-switched", severity: "notice" }, ({ selfHeal }) => selfHeal, {
    on: {
      short: "changes in the cluster are undone",
      message: "{resource} {#undoes|undo} changes that somebody makes in the cluster from now on{where}.",
      pointer: "/spec/syncPolicy",
    },
    off: {
      short: "changes in the cluster stay",
      message: "{resource} no longer {#undoes|undo} changes that somebody makes in the cluster{where}.",
      pointer: "/spec/syncPolicy",
    },
  }),
  { id: "drift-detection-switched", severity: "notice", tell: driftDetection },
];

/** With Flux, what happens at the end follows pruning where nothing else is said: told once. */
function unlessMirrored({ tell, ...about }: ControllerChange): ControllerChange {
  const isMirrored = (before: ControllerFacts, after: ControllerFacts) =>
    after.automated === undefined && before.prune !== after.prune;
  return { ...about, tell: (before, after) => (isMirrored(before, after) ? [] : tell(before, after)) };
}

function destination({ destination: from }: ControllerFacts, { destination: to }: ControllerFacts): readonly Told[] {
  if (from === undefined || to === undefined) return [];
  const [before, after] = [placeName(from), placeName(to)];
  if (before === after) return [];
  return [
    {
      short: "{resource} goes to another place",
      message: `{resource} {#deploys|deploy} to ${after} instead of ${before}{where}. Everything is made there; what is at the old place is deleted where pruning is on, else it stays and nothing updates it.`,
      fix: "if this is not meant, restore the destination",
      pointer: "/spec/destination",
    },
  ];
}

/** `cluster \`prod\`, namespace \`web\``. */
function placeName({ cluster, server, namespace }: Destination): string {
  const where = cluster ?? server;
  const parts = [
    ...(where === undefined ? [] : [`cluster ${inTicks(verbatim(where))}`]),
    ...(namespace === undefined ? [] : [`namespace ${inTicks(verbatim(namespace))}`]),
  ];
  return parts.join(", ") || "its own cluster";
}

function project({ project: from }: ControllerFacts, { project: to }: ControllerFacts): readonly Told[] {
  if (from === undefined || to === undefined || from === to) return [];
  return [
    {
      short: "{resource} gets another project",
      message: `{resource} {#moves|move} from project ${inTicks(verbatim(from))} to ${inTicks(verbatim(to))}{where}. The project decides which sources, clusters and kinds are allowed; Argo CD refuses the rest.`,
      fix: "look at what the project allows",
      pointer: "/spec/project",
    },
  ];
}

function revisions(
  { revisions: from = [] }: ControllerFacts,
  { revisions: to = [] }: ControllerFacts,
): readonly Told[] {
  return to.flatMap((one, index) => {
    const was =
      from.find(({ source }) => source === one.source) ?? (from.length === to.length ? from[index] : undefined);
    return was === undefined || was.moving || !one.moving ? [] : [movingRevision(was, one)];
  });
}

function movingRevision(was: AskedRevision, { revision }: AskedRevision): Told {
  const now = revision === "" ? "the newest" : inTicks(verbatim(revision));
  return {
    short: "{resource} is no longer pinned",
    message: `{resource} {#follows|follow} ${now} instead of ${inTicks(verbatim(was.revision))}{where}. What is deployed can change from now on without a commit here.`,
    fix: "name one version",
    pointer: "/spec",
  };
}

function driftDetection(
  { driftDetection: from }: ControllerFacts,
  { driftDetection: to }: ControllerFacts,
): readonly Told[] {
  if (from === undefined || to === undefined || from === to) return [];
  return [
    {
      short: "drift detection is switched",
      message: `Drift detection of {resource} goes from ${inTicks(verbatim(from))} to ${inTicks(verbatim(to))}{where}.`,
      pointer: "/spec/driftDetection",
    },
  ];
}
