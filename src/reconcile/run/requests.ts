import { z } from "zod";
import type { DeployRequest } from "../../model/deploy.ts";
import type { Json } from "../../model/json.ts";
import type { Records } from "../../model/records.ts";
import type { RepositoryName } from "../../model/tree.ts";

const KIND = "deploy-request";
/** Long after the operation that it asked for has ended. */
const keepMs = 3 * 24 * 3_600_000;

const stored = z.object({
  id: z.string(),
  at: z.number(),
  prune: z.boolean().exactOptional(),
  undone: z.array(z.object({ id: z.string(), at: z.array(z.number()) })).exactOptional(),
});

function idOf({ owner, name }: RepositoryName, environment: string, app: string): string {
  // GitHub's names are compared without case; those of apps and environments are not.
  return [owner.toLowerCase(), name.toLowerCase(), environment, app].map(encodeURIComponent).join("/");
}

/** Remembers that an operation was asked for. A store that is wiped forgets it: a person asks again. */
export async function recordRequest(
  records: Records,
  repository: RepositoryName,
  { environment, apps }: { readonly environment: string; readonly apps: readonly string[] },
  request: DeployRequest,
): Promise<void> {
  for (const app of apps) {
    const id = idOf(repository, environment, app);
    const value: Json = JSON.parse(JSON.stringify(request));
    await records.put(KIND, { id, at: request.at, keys: [], value }, keepMs);
  }
}

/** The newest request for a target, if there is one. */
export async function requestOf(
  records: Records,
  repository: RepositoryName,
  environment: string,
  app: string,
): Promise<DeployRequest | undefined> {
  const record = await records.get(KIND, idOf(repository, environment, app));
  const read = stored.safeParse(record?.value);
  return read.success ? read.data : undefined;
}
