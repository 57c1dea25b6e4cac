import { UserError } from "../../model/errors.ts";
import { imageAddress, type RegistrySettings } from "../../model/registry.ts";
import type { RepositoryName } from "../../model/tree.ts";
import { matchesGlob } from "../../targets/patterns.ts";

/** Says of each registry which config repositories may ask for its images. */
export type RegistryRights = readonly Pick<RegistrySettings, "host" | "repositories">[];

/**
 * Throws a `permission` UserError when the operator lets other repositories ask for images of this registry alone: the
 * server's credentials are not theirs.
 */
export function assertMayAsk(rights: RegistryRights, { owner, name }: RepositoryName, image: string): void {
  const { host } = imageAddress(image);
  const patterns = rights.find((one) => imageAddress(`${one.host}/x`).host === host)?.repositories;
  const repository = `${owner}/${name}`.toLowerCase();
  if (patterns === undefined || patterns.some((pattern) => matchesGlob(repository, pattern.toLowerCase()))) return;
  throw new UserError("permission", `this server does not let ${owner}/${name} ask for images of ${host}`, {
    fix: "ask who runs it to add the repository to `registries[].repositories` in sluice.server.yaml",
  });
}
