import type { z } from "zod";
import type { Followed, KnownObject } from "../follower.ts";
import { unusableInput } from "../mounting.ts";

/** An object that Flux itself would refuse: what it deploys stays in the cluster, so it stays a target that fails. */
export function unreadable(object: KnownObject, { issues: [issue] }: z.ZodError): Followed {
  const { kind, namespace, name } = object;
  const where = issue === undefined ? "" : `: \`${issue.path.map(String).join(".")}\` ${issue.message}`;
  const missing = [unusableInput(`the ${kind} cannot be read${where}`, object)];
  const options = { namespace, name, root: "", spec: {} };
  return kind === "HelmRelease"
    ? { unit: { render: { kind: "helmrelease", path: "", options, missing }, kind } }
    : { unit: { render: { kind: "flux", path: "", options, missing }, kind: "Kustomization" } };
}
