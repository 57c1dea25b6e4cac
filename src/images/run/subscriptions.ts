import { createHash } from "node:crypto";
import { z } from "zod";
import type { Config } from "../../config/index.ts";
import type { StoredRecord } from "../../model/records.ts";
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
  /** A digest of what the units were made from; empty while they are still to be evaluated. */
  of: z.string().default(""),
  /** Why the configuration cannot be used; the units are those of the last one that could. */
  broken: z.string().optional(),
});
type Stored = z.output<typeof stored>;

/** A repository with what it takes to read it. */
export interface Watched {
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly defaultBranch: string;
}

/** A unit that asks for an image. */
export interface Subscription extends Watched {
  readonly unit: string;
  /** Why its configuration could not be used when it was last read. */
  readonly broken?: string;
}

/** How many records are read at once, and how many repositories may ask for one image. */
const max = 1_000;

/** The units of all repositories that ask for an image, written as `canonicalImage` does. */
export async function subscriptionsTo(
  { records }: Pick<ImagePorts, "records">,
  image: string,
): Promise<readonly Subscription[]> {
  const found = await records.find(kind, { key: image, limit: max });
  return found.flatMap((record) => {
    const known = stored.parse(record.value);
    const { broken } = known;
    return known.units
      .filter(({ images }) => images.includes(image))
      .map(({ unit }) => ({ ...watchedOf(known), unit, ...(broken === undefined ? {} : { broken }) }));
  });
}

/** What a repository asks for by now. */
export interface Saved {
  /** Whether that is another answer than when its units were last evaluated. */
  readonly differs: boolean;
  /**
   * Saves that the units are being evaluated. Until then `differs` says so again, so that nothing is lost when a worker
   * is killed.
   */
  evaluated(): Promise<void>;
}

/** Keeps which images a repository asks for. Without a configuration it asks for none. */
export async function saveSubscriptions(
  { records, clock }: Pick<ImagePorts, "records" | "clock">,
  watched: Watched,
  config: Config | undefined,
): Promise<Saved> {
  const units = config === undefined ? [] : unitsOf(config);
  const named = units.map((unit) => ({ unit: unit.name, images: [...imagesOf(unit)] }));
  const of = createHash("sha256")
    .update(JSON.stringify(config?.images ?? []))
    .digest("hex");
  const before = await knownOf(records, watched.repository);
  const differs = before?.of !== of;
  const put = (digest: string) => records.put(kind, recordOf(watched, { units: named, of: digest }, clock()));
  if (differs || !isSame(before, watched)) await put(before?.of ?? "");
  return { differs, evaluated: async () => (differs ? put(of) : undefined) };
}

/** Keeps why the configuration of a repository cannot be used, and what the last one that could asked for. */
export async function saveBroken(
  { records, clock }: Pick<ImagePorts, "records" | "clock">,
  watched: Watched,
  why: string,
): Promise<void> {
  const before = await knownOf(records, watched.repository);
  if (before?.broken === why && isSame(before, watched)) return;
  const units = before?.units ?? [];
  await records.put(kind, recordOf(watched, { units, of: "", broken: why }, clock()));
}

/** Whether a repository is known as it is listed, under this installation and with this default branch. */
export async function isSubscribed({ records }: Pick<ImagePorts, "records">, watched: Watched): Promise<boolean> {
  const known = await knownOf(records, watched.repository);
  return known !== undefined && isSame(known, watched);
}

/**
 * Forgets a repository. With an installation: only if that is the one it is known under, for the App may have been
 * installed again meanwhile.
 */
export async function forgetSubscriptions(
  { records }: Pick<ImagePorts, "records">,
  repository: RepositoryName,
  installationId?: number,
): Promise<void> {
  const known = installationId === undefined ? undefined : await knownOf(records, repository);
  if (known === undefined || known.installationId === installationId)
    await records.remove(kind, repositoryId(repository));
}

/** What a repository is known under. */
export function repositoryId({ owner, name }: RepositoryName): string {
  return `${owner}/${name}`;
}

/** All repositories of which something is known before that moment, in milliseconds since the epoch. */
export async function subscribedBefore(
  { records }: Pick<ImagePorts, "records">,
  moment: number,
): Promise<readonly Watched[]> {
  const all = new Map<string, StoredRecord>();
  for (let before = moment; ; ) {
    const page = await records.find(kind, { limit: max, before });
    const size = all.size;
    for (const record of page) all.set(record.id, record);
    const oldest = page.at(-1)?.at;
    if (oldest === undefined || page.length < max) break;
    // Others of the same age may be on the next page.
    before = all.size > size ? oldest + 1 : oldest;
  }
  return [...all.values()].map(({ value }) => watchedOf(stored.parse(value)));
}

async function knownOf(records: ImagePorts["records"], repository: RepositoryName): Promise<Stored | undefined> {
  return stored.safeParse((await records.get(kind, repositoryId(repository)))?.value).data;
}

function recordOf(
  { installationId, repository, defaultBranch }: Watched,
  facts: Pick<Stored, "units" | "of" | "broken">,
  at: number,
): StoredRecord {
  const { owner, name } = repository;
  const { units, of, broken } = facts;
  const value = { installationId, owner, name, defaultBranch, units, of, ...(broken === undefined ? {} : { broken }) };
  return { id: repositoryId(repository), at, keys: [...new Set(units.flatMap(({ images }) => images))], value };
}

function watchedOf({ installationId, owner, name, defaultBranch }: Stored): Watched {
  return { installationId, repository: { owner, name }, defaultBranch };
}

function isSame(known: Stored | undefined, { installationId, defaultBranch }: Watched): boolean {
  return known?.installationId === installationId && known.defaultBranch === defaultBranch;
}
