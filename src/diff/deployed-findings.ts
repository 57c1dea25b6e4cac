import type { Declaration } from "../model/declaration.ts";
import type { Finding, FindingWords } from "../model/preview.ts";
import { count, sentenceList } from "../model/text/lists.ts";
import { inTicks } from "../model/text/markdown.ts";
import { isEnvironment, verbatim } from "./finding-words.ts";
import { type TargetFinding, toTargetFinding } from "./findings/target-finding.ts";
import type { TargetName } from "./target-findings.ts";

/** What a merge does not deploy by itself: the object of the controller, and where it stands. */
interface NotDeployed extends TargetName {
  readonly kind: Declaration["kind"];
  readonly object: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** There is no other place that changes. */
  readonly alone: boolean;
}

/** A controller is suspended where a change would be deployed. */
export function suspendedFinding(about: NotDeployed): Finding {
  const { kind, object, alone } = about;
  const isArgo = kind === "Application" || kind === "ApplicationSet";
  const [tool, why] = isArgo ? ["Argo CD", "is not reconciled"] : ["Flux", "has `suspend: true`"];
  const what = alone ? "this" : "{app}{where}";
  return notDeployed(about, "suspended", {
    short: `${tool} is suspended there`,
    message: `Merging does not deploy ${what}. ${tool} \`${kind}\` ${inTicks(verbatim(object))} ${why}. When it is resumed, this and every other waiting change go live together.`,
  });
}

/** An Application of Argo CD that somebody has to sync. */
export function notAutomatedFinding(about: NotDeployed): Finding {
  const what = about.alone ? "this" : "{app}{where}";
  return notDeployed(about, "not-automated", {
    short: "Argo CD syncs by hand there",
    message: `Merging does not deploy ${what}. Argo CD \`${about.kind}\` ${inTicks(verbatim(about.object))} has no automated sync: it is live when somebody syncs it.`,
  });
}

function notDeployed({ app, environment, file, line }: NotDeployed, id: string, words: FindingWords): Finding {
  return {
    ...toTargetFinding({ id, severity: "notice", app, environment, resource: "" }, words),
    ...(file === undefined ? {} : { file }),
    ...(file === undefined || line === undefined ? {} : { line }),
  };
}

/** Of targets of which nobody can say what becomes of them. `parent` declares them and is not rendered. */
export function unknownTargetsFinding(
  about: TargetName & { readonly parent: string; readonly targets: readonly TargetName[] },
): Finding {
  const { app, environment, parent, targets } = about;
  const [come, them] = targets.length === 1 ? ["comes", "it"] : ["come", "them"];
  const by = inTicks(verbatim(parent));
  return toTargetFinding(
    { id: "unknown-targets", severity: "warning", app, environment, resource: "" },
    {
      short: `what becomes of ${count(targets.length, "app")} is unknown`,
      message: `${targetNames(targets)} ${come} from ${by}, which cannot be rendered. Nobody can say what becomes of ${them}.`,
      fix: `repair what ${by} renders`,
    },
  );
}

/** An Application that something else declares than the ApplicationSet that owns it in the cluster. */
export function ownedBySetFinding(
  about: TargetName & {
    readonly set: string;
    /** The set itself is gone; else it just does not make it any more. */
    readonly gone: boolean;
    /** What it deployed outlives it. */
    readonly keeps: boolean;
    /** Whether it is known that the set is deleted. */
    readonly sure: boolean;
    readonly file?: string;
  },
): TargetFinding {
  const { app, environment, gone, keeps, sure, file } = about;
  const set = inTicks(verbatim(about.set));
  const when = gone
    ? `With ApplicationSet ${set}, which owns it${sure ? "" : ", and where that is deleted"},`
    : `ApplicationSet ${set} owns it and does not make it any more, so`;
  const fate = keeps ? "what it deployed stays" : "all that it deployed goes with it";
  return {
    ...toTargetFinding(
      { id: "owned-by-set", severity: sure && !keeps ? "danger" : "warning", app, environment, resource: "" },
      {
        short: "Argo CD deletes the Application of {app} first",
        message: `${when} Argo CD deletes the Application of {app}{where}; ${fate}. What declares it now makes it again.`,
        fix: gone
          ? `delete the set without its Applications first: \`kubectl delete applicationset ${verbatim(about.set)} --cascade=orphan\``
          : "set `preserveResourcesOnDeletion: true` in the `syncPolicy` of the set and have that deployed first",
      },
    ),
    ...(file === undefined ? {} : { file }),
  };
}

/** What becomes of the resources of a target whose declaration is gone. */
export interface Removal {
  /** `Application \`web\``. */
  readonly by: string;
  /** Whether they are deleted with it; not known where it is absent. */
  readonly deletes?: boolean;
  /** What keeps the object itself in the cluster, where something does: it goes on. */
  readonly keptBy?: string;
  /** What it declared that is in Git still, and that nothing reads any more. `keeps`: what that deployed stays. */
  readonly takes?: readonly (TargetName & { readonly keeps: boolean })[];
  /** How many of its resources something else declares now. */
  readonly moved?: number;
}

/** A target is gone at the head: all its resources are. */
export function targetRemovedFinding(
  about: TargetName & {
    readonly resources: number | undefined;
    readonly path?: string;
    readonly claims?: number | undefined;
    /** Pods that stop, as far as replicas say it. */
    readonly pods?: number | undefined;
    readonly removal?: Removal | undefined;
  },
): Finding {
  const { app, environment, path, claims, removal } = about;
  if (about.resources === undefined) return removedUnseen(about);
  const resources = about.resources - (removal?.moved ?? 0);
  const what = resources === 1 ? "The 1 resource" : `All ${resources} resources`;
  const leave = resources === 1 ? "leaves" : "leave";
  const data = claims === 0 ? " No volume claim is among them." : "";
  const restore = removal === undefined ? (path === undefined ? "the folder" : inTicks(path)) : removal.by;
  return toTargetFinding(
    { id: "target-removed", severity: isCascade(removal) ? "danger" : "warning", app, environment, resource: "" },
    {
      short: "app {app} is removed",
      message: `${what} of {app} ${leave} Git{there}. ${fateText({ ...about, resources })}${data}${takenText(removal)}`,
      fix: `if this is not meant, restore ${restore}`,
    },
  );
}

/** Whether what is in Git still is deleted for sure. */
function isCascade({ deletes, takes = [] }: Removal = { by: "" }): boolean {
  return deletes === true && takes.some(({ keeps }) => !keeps);
}

/** What goes with the object although it is in Git still. */
function takenText({ by, deletes, takes = [] }: Removal = { by: "" }): string {
  const gone = takes.filter(({ keeps }) => !keeps);
  const kept = takes.filter(({ keeps }) => keeps);
  const condition = deletes === true ? "" : `, where ${by} is deleted`;
  const [goes, deploys] = gone.length === 1 ? ["goes", "it deploys"] : ["go", "they deploy"];
  const first = `${targetNames(gone)} ${goes} with it, and so does all that ${deploys}`;
  const rest = `${targetNames(kept)} ${kept.length === 1 ? "goes" : "go"} with it, and what was deployed stays`;
  return [
    ...(gone.length === 0 ? [] : [` ${first}${condition}: still in Git, but nothing reads it there any more.`]),
    ...(kept.length === 0 ? [] : [` ${rest}${condition}.`]),
  ].join("");
}

function targetNames(targets: readonly TargetName[]): string {
  const names = targets.map(({ app, environment }) =>
    verbatim(isEnvironment(environment) ? `${app} in ${environment}` : app),
  );
  return sentenceList(names, 6);
}

/** What happens to them in the cluster, as far as it is known. */
function fateText({
  resources,
  pods = 0,
  removal,
}: Pick<Parameters<typeof targetRemovedFinding>[0], "resources" | "pods" | "removal">): string {
  const stop = pods === 0 ? "" : ` and ${count(pods, "pod stops", "pods stop")}`;
  const [they, are, stay, them] = resources === 1 ? ["it", "is", "stays", "it"] : ["they", "are", "stay", "them"];
  const kept = `${they} ${stay}, and nothing updates ${them} any more.`;
  const { by = "", keptBy, deletes } = removal ?? {};
  if (keptBy !== undefined) return `${by} itself stays in the cluster, because ${keptBy}; so ${they} ${stay} too.`;
  if (deletes === true) return `With ${by} ${they} ${are} deleted${stop}.`;
  if (deletes === false) return `${by} leaves what it deployed behind: ${kept}`;
  return `Where pruning is on, ${they} ${are} deleted${stop}. Else ${kept}`;
}

/** The same, of one that could not be rendered before. */
function removedUnseen({ app, environment }: TargetName): Finding {
  return toTargetFinding(
    { id: "target-removed", severity: "warning", app, environment, resource: "" },
    {
      short: "app {app} is removed",
      message: "{app} leaves Git{where}; what it had could not be rendered. Where pruning is on, all of it is deleted.",
      fix: "if this is not meant, restore the folder",
    },
  );
}
