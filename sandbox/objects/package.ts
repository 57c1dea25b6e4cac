import type { Repository } from "../state.ts";
import { nextId, nowIso, type World } from "../world.ts";
import { type Json, userByLogin } from "./account.ts";

/** A manifest of a container package. */
export interface PackageVersion {
  readonly host: string;
  readonly name: string;
  /** Empty for what no tag names. */
  readonly tag: string;
  readonly digest: string;
  readonly labels: Readonly<Record<string, string>>;
}

const SOURCE = "org.opencontainers.image.source";
const REVISION = "org.opencontainers.image.revision";
const DESCRIPTION = "org.opencontainers.image.description";
const LICENSES = "org.opencontainers.image.licenses";

/**
 * `registry_package` as webhook payloads carry it. The version's name is the digest, and its address ends with a colon
 * where there is no tag.
 */
export function packageObject(world: World, repository: Repository, version: PackageVersion): Json {
  const { host, name, tag } = version;
  const time = nowIso(world);
  const page = `${world.origin}/orgs/${repository.owner}/packages/container/package/${encodeURIComponent(name)}`;
  const address = `${host}/${repository.owner.toLowerCase()}/${name}:${tag}`;
  return {
    id: nextId(world),
    name,
    namespace: repository.owner,
    description: version.labels[DESCRIPTION] ?? "",
    ecosystem: "CONTAINER",
    package_type: "CONTAINER",
    html_url: page,
    created_at: time,
    updated_at: time,
    owner: userByLogin(world, repository.owner),
    package_version: {
      id: nextId(world),
      version: version.digest,
      name: version.digest,
      description: "",
      summary: "",
      manifest: "",
      html_url: `${page}?tag=${encodeURIComponent(tag)}`,
      target_commitish: repository.defaultBranch,
      target_oid: repository.refs[`refs/heads/${repository.defaultBranch}`] ?? "",
      created_at: time,
      updated_at: time,
      metadata: [],
      container_metadata: metadata(version),
      package_files: [],
      installation_command: `docker pull ${address}`,
      package_url: address,
    },
    registry: {
      about_url: "https://docs.github.com/packages/learn-github-packages/introduction-to-github-packages",
      name: "GitHub CONTAINER registry",
      type: "CONTAINER",
      url: `https://CONTAINER.pkg.github.com/${repository.owner}`,
      vendor: "GitHub Inc",
    },
  };
}

function metadata({ host, name, tag, digest, labels }: PackageVersion): Json {
  const named = { source: labels[SOURCE], revision: labels[REVISION] };
  const others = { description: labels[DESCRIPTION] ?? "", licenses: labels[LICENSES] ?? "" };
  const present = Object.entries(named).filter(([, value]) => value !== undefined);
  return {
    tag: { name: tag, digest },
    labels: { ...others, ...Object.fromEntries(present), all_labels: labels },
    manifest: {
      digest,
      media_type: "application/vnd.oci.image.manifest.v1+json",
      uri: `repositories/${host}/${name}/manifests/${digest}`,
    },
  };
}
