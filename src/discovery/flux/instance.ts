import type { JsonObject } from "../../model/json.ts";
import type { Followed, KnownObject } from "../follower.ts";
import { sourceGroup } from "./origin.ts";
import { fluxInstanceSchema } from "./schema.ts";

/** The API group of Flux's Kustomization. */
export const kustomizationGroup = "kustomize.toolkit.fluxcd.io";

/**
 * The source and the Kustomization that the Flux operator makes of `spec.sync`. They are in no file: what patches them
 * there (`spec.kustomize.patches`) is told, and not applied.
 */
export function followInstance(instance: KnownObject): Followed {
  const parsed = fluxInstanceSchema.safeParse(instance.object);
  const sync = parsed.data?.spec.sync;
  if (!parsed.success || sync === null || sync === undefined || sync.url === "") return {};
  const { namespace } = instance;
  const name = sync.name === "" ? namespace : sync.name;
  const kind = sync.kind === "" ? "GitRepository" : sync.kind;
  const metadata = { name, namespace };
  const objects: JsonObject[] = [
    { apiVersion: `${sourceGroup}/v1`, kind, metadata, spec: { url: sync.url, ref: referenceOf(kind, sync.ref) } },
    {
      apiVersion: `${kustomizationGroup}/v1`,
      kind: "Kustomization",
      metadata,
      spec: { path: sync.path, prune: true, sourceRef: { kind, name } },
    },
  ];
  const patched = (parsed.data.spec.kustomize?.patches ?? []).some(
    (patch) => JSON.stringify(patch).includes("Kustomization") && JSON.stringify(patch).includes(name),
  );
  const problems = patched
    ? [
        {
          message: `The FluxInstance \`${namespace}/${instance.name}\` patches the Kustomization that it makes`,
          fix: "Sluice does not apply these patches: what they set there is not shown.",
        },
      ]
    : [];
  return { objects, problems };
}

function referenceOf(kind: string, ref: string): JsonObject {
  if (kind !== "GitRepository") return { tag: ref };
  return ref.startsWith("refs/") ? { name: ref } : { branch: ref };
}
