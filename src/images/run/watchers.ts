import { z } from "zod";
import type { Config } from "../../config/index.ts";
import type { WatchJob } from "../../model/jobs.ts";
import type { RepositoryName } from "../../model/tree.ts";
import { imagesOf, unitsOf } from "../units.ts";
import type { ImagePorts } from "./ports.ts";

const kind = "image-watch";

const stored = z.object({
  installationId: z.number(),
  owner: z.string(),
  name: z.string(),
  defaultBranch: z.string(),
  units: z.array(z.object({ unit: z.string(), images: z.array(z.string()) })),
  /** What the units were made from. */
  text: z.string(),
});

/** A unit that asks for an image. */
export interface Watcher {
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly defaultBranch: string;
  readonly unit: string;
}

/** How many repositories may ask for one image. */
const most = 1_000;

/** The units of all repositories that ask for an image, written as `canonicalImage` does. */
export async function watchersOf({ records }: Pick<ImagePorts, "records">, image: string): Promise<readonly Watcher[]> {
  const found = await records.find(kind, { key: image, limit: most });
  return found.flatMap(({ value }) => {
    const { installationId, owner, name, defaultBranch, units } = stored.parse(value);
    const repository = { owner, name };
    return units
      .filter(({ images }) => images.includes(image))
      .map(({ unit }) => ({ installationId, repository, defaultBranch, unit }));
  });
}

/** Keeps which images a repository asks for; tells whether that is another answer than before. Without a usable configuration it asks for none. */
export async function keepWatch(
  { records, clock }: Pick<ImagePorts, "records" | "clock">,
  { installationId, repository: { owner, name }, defaultBranch }: WatchJob,
  config: Config | undefined,
): Promise<{ readonly differs: boolean }> {
  const id = `${owner}/${name}`;
  const units = config === undefined ? [] : unitsOf(config);
  const value = {
    installationId,
    owner,
    name,
    defaultBranch,
    units: units.map((unit) => ({ unit: unit.name, images: [...imagesOf(unit)] })),
    text: JSON.stringify(config?.images ?? []),
  };
  const before = await records.get(kind, id);
  const known = before === undefined ? undefined : stored.safeParse(before.value).data;
  const differs = known?.text !== value.text;
  const same = !differs && known?.installationId === installationId && known.defaultBranch === defaultBranch;
  if (!same) {
    const keys = [...new Set(units.flatMap((unit) => imagesOf(unit)))];
    await records.put(kind, { id, at: clock(), keys, value });
  }
  return { differs };
}

/** Whether it is known what the repository asks for. */
export async function isWatched(
  { records }: Pick<ImagePorts, "records">,
  { owner, name }: RepositoryName,
): Promise<boolean> {
  return (await records.get(kind, `${owner}/${name}`)) !== undefined;
}
