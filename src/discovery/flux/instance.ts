import type { JsonObject } from "../../model/json.ts";
import type { Followed, KnownObject } from "../follower.ts";
import { patched } from "./instance-patches.ts";
import { sourceGroup } from "./origin.ts";
import { fluxInstanceSchema } from "./schema.ts";

/** The API group of Flux's Kustomization. */
export const kustomizationGroup = "kustomize.toolkit.fluxcd.io";

/**
 * The source and the Kustomization that the Flux operator makes of `spec.sync`, which are in no file, with what
 * `spec.kustomize.patches` changes of them.
 */
export function followInstance(instance: KnownObject): Followed {
  const parsed = fluxInstanceSchema.safeParse(instance.object);
  const sync = parsed.data?.spec.sync;
  if (!parsed.success || sync === null || sync === undefined || sync.url === "") return {};
  const { namespace } = instance;
  const name = sync.name === "" ? namespace : sync.name;
  const kind = sync.kind === "" ? "GitRepository" : sync.kind;
  const metadata = { name, namespace };
  const made: JsonObject[] = [
    { apiVersion: `${sourceGroup}/v1`, kind, metadata, spec: { url: sync.url, ref: referenceOf(kind, sync.ref) } },
    {
      apiVersion: `${kustomizationGroup}/v1`,
      kind: "Kustomization",
      metadata,
      spec: { path: sync.path, prune: true, sourceRef: { kind, name } },
    },
  ];
  const patches = parsed.data.spec.kustomize?.patches ?? [];
  const changed = made.map((object) => ({ object, after: patched(object, patches) }));
  const message = `The FluxInstance \`${namespace}/${instance.name}\` patches what it makes in a way that Sluice does not know`;
  const fix = "The source and the Kustomization of `sync` are shown without these patches.";
  return {
    objects: changed.map(({ object, after = object }) => after),
    problems: changed.some(({ after }) => after === undefined) ? [{ message, fix }] : [],
  };
}

function referenceOf(kind: string, ref: string): JsonObject {
  if (kind !== "GitRepository") return { tag: ref };
  return ref.startsWith("refs/") ? { name: ref } : { branch: ref };
}
