import { z } from "zod";
import type { RegistryJob } from "../model/jobs.ts";
import { pushedImage, splitHost, splitReference } from "../model/pushed-image.ts";
import { parsePayload } from "./payload.ts";

const text = z.string().nullish();

const container = z.object({
  tag: z.object({ name: text, digest: text }).nullish(),
  manifest: z.object({ digest: text }).nullish(),
});

const registryPackage = z.object({
  name: z.string(),
  namespace: z.string(),
  package_type: z.string(),
  package_version: z.object({ package_url: text, container_metadata: container.nullish() }).nullish(),
});
type RegistryPackage = z.infer<typeof registryPackage>;

const schema = z.union([
  z
    .object({ action: z.string(), registry_package: registryPackage })
    .transform(({ action, registry_package: about }) => ({ action, about })),
  z
    .object({ action: z.string(), package: registryPackage })
    .transform(({ action, package: about }) => ({ action, about })),
]);

/** What GitHub's own types of packages are called that hold container images; upper and lower case vary. */
const IMAGES: readonly string[] = ["container", "docker"];

/**
 * `registry_package`, and `package` of an organization's own webhook: a container image was pushed to GitHub's
 * registry. There is one event for each manifest, and only those with a tag matter: the manifests of single platforms
 * have none. Of several tags pushed at once GitHub tells one, so that whoever hears of it asks the registry for the
 * others.
 */
export function registryPackageJobs(
  payload: unknown,
  _appId: number,
  delivery: { readonly id: string; readonly at: number },
): readonly RegistryJob[] {
  const { action, about } = parsePayload("registry_package", schema, payload);
  if (action !== "published" && action !== "updated") return [];
  if (!IMAGES.includes(about.package_type.toLowerCase())) return [];
  // The version's name is a digest, and never a tag.
  const metadata = about.package_version?.container_metadata;
  const tag = metadata?.tag?.name ?? "";
  if (tag === "") return [];
  const digest = metadata?.tag?.digest ?? metadata?.manifest?.digest;
  const push = pushedImage({ ...placeOf(about), tag, digest });
  const base = { type: "registry", id: delivery.id, hook: "github", source: "github", at: delivery.at } as const;
  return [
    push === undefined
      ? { ...base, pushes: [], ignored: "the package has no name that an image can have" }
      : { ...base, pushes: [push] },
  ];
}

/**
 * The address is `ghcr.io/Acme/web:1.2.3`, ends with the colon where there is no tag, and is missing at times. A
 * package's name may have slashes in it.
 */
function placeOf({ name, namespace, package_version: version }: RegistryPackage): ReturnType<typeof splitHost> {
  const place = splitHost(splitReference(version?.package_url ?? "").name);
  return place.host === "" ? { host: "ghcr.io", repository: `${namespace}/${name}` } : place;
}
