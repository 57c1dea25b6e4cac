import type { RepositoryName } from "../../model/tree.ts";
import type { ImagePorts } from "./ports.ts";

const kind = "image-published";

function idOf({ owner, name }: RepositoryName, unit: string): string {
  return `${owner}/${name}/${unit}`;
}

/** Saves which head the last evaluation of a unit came to; `undefined`: it brings nothing. */
export async function savePublishedHead(
  { records, clock }: Pick<ImagePorts, "records" | "clock">,
  repository: RepositoryName,
  unit: string,
  head: string | undefined,
): Promise<void> {
  const id = idOf(repository, unit);
  await records.put(kind, { id, at: clock(), keys: [], value: head ?? "" });
}

/**
 * The head that the last evaluation of a unit came to, empty when it brings nothing; `undefined` when it is not known.
 */
export async function publishedHead(
  { records }: Pick<ImagePorts, "records">,
  repository: RepositoryName,
  unit: string,
): Promise<string | undefined> {
  const value = (await records.get(kind, idOf(repository, unit)))?.value;
  return typeof value === "string" ? value : undefined;
}
