import type { DeployStatus } from "../../../model/deploy.ts";
import { type Identity, identityOf, keyOf } from "../../manifests/manifest.ts";
import { endHooks } from "./hooks.ts";
import type { Outcome, Work } from "./work.ts";

/** Ends the hooks, then writes the result with what is left in the cluster. */
export async function finish(work: Work): Promise<Outcome> {
  if (Object.keys(work.document.hooks).length > 0) {
    // What policies delete must not be lost before it is known how it ended.
    await work.save();
    await endHooks(work);
  }
  const { failure } = work.document;
  if (failure === undefined) {
    work.end({ state: "live", at: work.now });
    await work.saveResult(remaining(work));
  } else {
    work.end({ state: "failed", at: work.now });
    await work.save();
  }
  return { kind: "done" };
}

/** Writes that another render takes the place of this one. */
export async function supersede(work: Work, by: string): Promise<DeployStatus> {
  await endHooks(work);
  work.end({ state: "superseded", at: work.now, by });
  await work.saveUnchanged();
  return { state: "superseded", by };
}

/** What Git has, and what stays though Git does not have it. */
function remaining({ wanted, document }: Work): readonly Identity[] {
  const members = [...wanted.manifests.map(({ reference }) => reference), ...document.kept.map(({ object }) => object)];
  const distinct = new Map(members.map(identityOf).map((identity) => [keyOf(identity), identity]));
  return [...distinct.values()];
}
