import type { DeliveryLog, ImageConclusion, PushedImage, RegistryDelivery, TagVerdict } from "../../model/images.ts";
import type { DeliveryQuery } from "./query.ts";

/** An event, and for each configuration the first that was concluded of its images afterwards. */
export interface Followed {
  readonly delivery: RegistryDelivery;
  readonly conclusions: readonly ImageConclusion[];
}

/** What holds for an image in one configuration, and for the tag that was asked about. */
export interface Standing {
  readonly conclusion: ImageConclusion;
  readonly verdict: TagVerdict | undefined;
}

/** The answer to "why no pull request for this tag?". */
export interface Standings {
  readonly image: string;
  readonly tag: string | undefined;
  /** Whether a registry told of it within what the log remembers. */
  readonly told: boolean;
  readonly standings: readonly Standing[];
}

/** One page of the log. */
export interface FoundDeliveries {
  readonly query: DeliveryQuery;
  readonly deliveries: readonly Followed[];
  /** `before` of the next page; `undefined`: there is none. */
  readonly next: number | undefined;
  /** Of the image that was asked about. */
  readonly standings: Standings | undefined;
}

/** Conclusions of one image that are read for a page. */
const mostConclusions = 100;

/** Reads one page of the log and what came of it. Errors: those of the log. */
export async function lookUp(log: DeliveryLog, query: DeliveryQuery): Promise<FoundDeliveries> {
  const { image, tag, limit, before } = query;
  const found = await log.deliveries({
    limit: limit + 1,
    ...(image === undefined ? {} : { image }),
    ...(tag === undefined ? {} : { tag }),
    ...(before === undefined ? {} : { before }),
  });
  const page = pageOf(found, limit);
  const images = new Set([...page, ...(image === undefined ? [] : [{ pushes: [{ image }] }])].flatMap(imagesOf));
  const concluded = await conclusionsOf(log, [...images]);
  const told = found.length > 0 || before !== undefined;
  return {
    query,
    deliveries: page.map((delivery) => follow(delivery, concluded)),
    next: found.length > page.length ? page.at(-1)?.at : undefined,
    standings:
      image === undefined ? undefined : { image, tag, told, standings: stand(concluded.get(image) ?? [], tag) },
  };
}

/** One event and what came of it. Errors: those of the log. */
export async function lookUpOne(log: DeliveryLog, id: string): Promise<Followed | undefined> {
  const delivery = await log.delivery(id);
  if (delivery === undefined) return undefined;
  return follow(delivery, await conclusionsOf(log, imagesOf(delivery)));
}

/** What was said of the tag that the push names. */
export function verdictOn({ tags }: ImageConclusion, tag: string | undefined): TagVerdict | undefined {
  return tags.find((one) => one.tag === tag);
}

/** At most `limit`, cut where the time changes: the next page begins before a time. */
function pageOf(found: readonly RegistryDelivery[], limit: number): readonly RegistryDelivery[] {
  const first = found[limit];
  const page = found.slice(0, limit);
  if (first === undefined) return page;
  const cut = page.filter(({ at }) => at !== first.at);
  return cut.length > 0 ? cut : page;
}

function imagesOf({ pushes }: { readonly pushes: readonly PushedImage[] }): readonly string[] {
  return [...new Set(pushes.map(({ image }) => image))];
}

async function conclusionsOf(
  log: DeliveryLog,
  images: readonly string[],
): Promise<ReadonlyMap<string, readonly ImageConclusion[]>> {
  const limit = mostConclusions;
  return new Map(
    await Promise.all(images.map(async (image) => [image, await log.conclusions({ image, limit })] as const)),
  );
}

function follow(delivery: RegistryDelivery, concluded: ReadonlyMap<string, readonly ImageConclusion[]>): Followed {
  const conclusions = imagesOf(delivery).flatMap((image) => {
    const after = (concluded.get(image) ?? []).filter(({ at }) => at >= delivery.at);
    // From the newest on: the first after the event is what stays.
    return [...new Map(after.map((one) => [unitKey(one), one])).values()];
  });
  return { delivery, conclusions };
}

/** The newest of each configuration; where it says nothing of the tag, the newest that does. */
function stand(newestFirst: readonly ImageConclusion[], tag: string | undefined): readonly Standing[] {
  const standings = new Map<string, Standing>();
  for (const conclusion of newestFirst) {
    const key = unitKey(conclusion);
    const verdict = tag === undefined ? undefined : verdictOn(conclusion, tag);
    const known = standings.get(key);
    if (known === undefined || (known.verdict === undefined && verdict !== undefined)) {
      standings.set(key, { conclusion, verdict });
    }
  }
  const all = [...standings.values()];
  return [...all.filter(({ verdict }) => verdict !== undefined), ...all.filter(({ verdict }) => verdict === undefined)];
}

function unitKey({ repository, unit, image }: ImageConclusion): string {
  return JSON.stringify([repository, unit, image]);
}
