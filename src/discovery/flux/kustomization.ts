import type { Handling } from "../../model/declaration.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import type { MissingInput, Mount } from "../../model/mount.ts";
import { joinPath } from "../../model/paths.ts";
import { elsewhereOf } from "../elsewhere.ts";
import type { Followed, KnownObject, World } from "../follower.ts";
import { missingOf, mountOf, unusableInput } from "../mounting.ts";
import { type FileOrigin, filesOf, placeInSource } from "./artifact.ts";
import { pick } from "./origin.ts";
import { type Kustomization, kustomizationSchema } from "./schema.ts";
import { substitutions } from "./substitutions.ts";
import { unreadable } from "./unreadable.ts";

const rendering = [
  ...["path", "targetNamespace", "namePrefix", "nameSuffix", "patches", "patchesStrategicMerge", "patchesJson6902"],
  ...["components", "ignoreMissingComponents", "images", "buildMetadata", "commonMetadata"],
];

/** What kustomize-controller builds for a `Kustomization`. */
export function followKustomization(object: KnownObject, world: World): Followed {
  const parsed = kustomizationSchema.safeParse(object.object);
  if (!parsed.success) return unreadable(object, parsed.error);
  const { spec } = parsed.data;
  const origin = filesOf(spec.sourceRef, object.namespace, world);
  const answer = origin.kind === "remote" ? world.source(origin.request) : undefined;
  if (origin.kind === "remote" && answer === undefined) return { needs: [origin.request] };
  const { root, ...inputs } = inputsOf(origin, object, world);
  const path = placeInSource(folderOf(spec.path), origin);
  const lost = path === undefined ? [unusableInput(`the artifact has no folder \`${spec.path}\``, object)] : [];
  const ignore = origin.kind === "unusable" || origin.ignore === undefined ? {} : { ignore: origin.ignore };
  const options = {
    ...{ namespace: object.namespace, name: object.name, root, spec: renderingSpec(object.object) },
    ...ignore,
    ...substitutions(parsed.data, object.namespace, world),
  };
  const elsewhere = path === undefined ? [] : elsewhereOf(origin, joinPath(origin.folder ?? "", path), world.own);
  const problems = origin.kind === "own" && origin.problem !== undefined ? [origin.problem] : [];
  return {
    unit: {
      render: {
        ...{ kind: "flux", path: joinPath(root, path ?? ""), options, ...inputs },
        ...(lost.length === 0 ? {} : { missing: lost }),
      },
      kind: "Kustomization",
      destination: destinationOf(spec, world),
      handling: handlingOf(spec),
      ...(elsewhere.length > 0 && { elsewhere }),
    },
    problems,
  };
}

/** The mount or the lack of what an origin names. */
function inputsOf(
  origin: FileOrigin,
  object: KnownObject,
  world: World,
): { readonly root: string; readonly mounts?: readonly Mount[]; readonly missing?: readonly MissingInput[] } {
  const folder = origin.folder ?? "";
  if (origin.kind === "own") return { root: folder };
  if (origin.kind === "unusable") return { root: "", missing: [unusableInput(origin.reason, object)] };
  const answer = world.source(origin.request);
  if (answer?.ok === true) {
    const mount = mountOf(origin.request, answer.source);
    return { root: joinPath(mount.at, folder), mounts: [mount] };
  }
  return { root: "", missing: answer === undefined ? [] : [missingOf(origin.request, answer, object, world.own)] };
}

/** `./apps/`, `/apps` and `apps/../apps` are `apps`; nothing leads out of the source. */
function folderOf(path: string): string {
  const names: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") names.pop();
    else if (part !== "" && part !== ".") names.push(part);
  }
  return names.join("/");
}

function renderingSpec(object: JsonObject): JsonObject {
  const { spec } = object;
  if (!isJsonObject(spec)) return {};
  const { postBuild } = spec;
  const substitute = isJsonObject(postBuild) ? pick(postBuild, ["substitute", "substituteStrategy"]) : {};
  return { ...pick(spec, rendering), ...(Object.keys(substitute).length === 0 ? {} : { postBuild: substitute }) };
}

/** Another kubeconfig is another cluster, which only its Secret tells. */
export function destinationOf(
  spec: Pick<Kustomization["spec"], "kubeConfig" | "targetNamespace">,
  world: World,
): { readonly cluster?: string; readonly namespace?: string } {
  const secret = spec.kubeConfig?.secretRef?.name;
  const cluster = secret ?? world.cluster;
  return {
    ...(cluster === undefined ? {} : { cluster }),
    ...(spec.targetNamespace === "" ? {} : { namespace: spec.targetNamespace }),
  };
}

function handlingOf({ suspend, prune }: Kustomization["spec"]): Handling {
  return { suspended: suspend, automated: !suspend, prune, selfHeal: true };
}
