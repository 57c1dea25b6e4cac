import type { Condition } from "./objects.ts";
import { commitOf, followsBranch, referenceText } from "./revision.ts";
import type { Source } from "./source.ts";
import { nameOf, type RelationOf, type Verdict } from "./verdict.ts";

/** What a verdict is about beside the objects. */
export interface Wanted {
  readonly head: string;
  /** The branch that the head is of. */
  readonly branch: string;
  readonly relation: RelationOf;
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** How long a source may fail before it counts: the next try may be better. */
const graceMs = 60_000;

/** Annotations of an OCI artifact that say which commit of which repository it was made from. */
const originRevision = "org.opencontainers.image.revision";
export const originSource = "org.opencontainers.image.source";

/** The commit that a source has; `undefined`: none, or it does not say. */
export function commitIn({ artifact, reference }: Source): string | undefined {
  if (artifact === undefined) return undefined;
  if (reference.kind === "GitRepository") return commitOf(artifact.revision);
  const origin = artifact.metadata[originRevision] ?? "";
  return /^[0-9a-f]{40,64}$/.test(origin) ? origin : commitOf(origin);
}

/** Why the source has not got the wanted commit yet; `undefined`: it has it. */
export function sourceVerdict(source: Source, wanted: Wanted): Verdict | undefined {
  const commit = commitIn(source);
  const relation = wanted.relation(commit);
  if (relation === "included") return undefined;
  const name = nameOf(source.reference);
  if (source.suspended) return { kind: "waiting", until: "person", reason: `${name} is suspended` };
  const failure = failureOf(source, wanted.now);
  if (failure !== undefined) return failure;
  const isGit = source.reference.kind === "GitRepository";
  if (isGit && !followsBranch(source.follows, wanted.branch))
    return {
      kind: "waiting",
      until: "person",
      reason: `${name} follows ${referenceText(source.follows)}, which is not at ${wanted.head.slice(0, 7)}`,
    };
  if (relation === "other" && commit !== undefined)
    return {
      kind: "waiting",
      until: "controller",
      reason: `${name} is at ${commit.slice(0, 7)}, which ${wanted.head.slice(0, 7)} does not come from`,
    };
  return { kind: "progressing", step: "fetch", text: `${name} has not got ${wanted.head.slice(0, 7)} yet` };
}

/** What has to be put right counts at once; what may be an outage only when it lasts. */
function failureOf(source: Source, now: number): Verdict | undefined {
  const { conditions, reference: object, generation } = source;
  const [ready, stalled, verified] = ["Ready", "Stalled", "SourceVerified"].map((type) => conditions.get(type));
  const failing = (condition: Condition, final: boolean): Verdict => {
    const { reason, message, since: at } = condition;
    return { kind: "failing", step: "fetch", final, object, reason, message, at, applied: false };
  };
  if (stalled?.status === "True" && isOf(stalled, generation)) return failing(stalled, true);
  if (verified?.status === "False") return failing(verified, true);
  if (ready?.status !== "False") return undefined;
  return failing(ready, ready.since !== undefined && now - ready.since >= graceMs);
}

/** Whether a condition is about what the object is now. */
export function isOf({ generation }: Condition, wanted: number): boolean {
  return generation === undefined || generation === wanted;
}
