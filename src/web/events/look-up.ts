import type { EventLog, ImageConclusion, PushedImage, RegistryEvent, TagVerdict } from "../../model/images.ts";
import type { EventQuery } from "./query.ts";

/** An event, with the first conclusion about its images that each configuration reached after it. */
export interface EventWithConclusions {
  readonly event: RegistryEvent;
  readonly conclusions: readonly ImageConclusion[];
}

/** The conclusion about an image in one configuration, and the verdict on the tag that was asked about. */
export interface TagResult {
  readonly conclusion: ImageConclusion;
  readonly verdict: TagVerdict | undefined;
}

/** The answer to "why no pull request for this tag?". */
export interface TagAnswer {
  readonly image: string;
  readonly tag: string | undefined;
  /** Whether the log has an event about it. */
  readonly reported: boolean;
  readonly results: readonly TagResult[];
}

/** One page of the log, newest first. */
export interface FoundEvents {
  readonly query: EventQuery;
  readonly events: readonly EventWithConclusions[];
  /** `before` of the next page; `undefined` on the last page. */
  readonly next: number | undefined;
  /** About the image in the query, if there is one. */
  readonly answer: TagAnswer | undefined;
}

/** Conclusions about one image to read for a page. */
const maxConclusions = 100;

/** Reads one page of the log with its conclusions. Errors: those of the log. */
export async function lookUp(log: EventLog, query: EventQuery): Promise<FoundEvents> {
  const { image, tag, limit, before } = query;
  const found = await log.events({
    limit: limit + 1,
    ...(image === undefined ? {} : { image }),
    ...(tag === undefined ? {} : { tag }),
    ...(before === undefined ? {} : { before }),
  });
  const page = pageOf(found, limit);
  const images = new Set([...page, ...(image === undefined ? [] : [{ pushes: [{ image }] }])].flatMap(imagesOf));
  const concluded = await conclusionsOf(log, [...images]);
  const reported = found.length > 0 || before !== undefined;
  return {
    query,
    events: page.map((event) => follow(event, concluded)),
    next: found.length > page.length ? page.at(-1)?.at : undefined,
    answer:
      image === undefined ? undefined : { image, tag, reported, results: resultsFor(concluded.get(image) ?? [], tag) },
  };
}

/** One event with its conclusions. Errors: those of the log. */
export async function lookUpEvent(log: EventLog, id: string): Promise<EventWithConclusions | undefined> {
  const event = await log.event(id);
  if (event === undefined) return undefined;
  return follow(event, await conclusionsOf(log, imagesOf(event)));
}

/** The conclusion's verdict on a tag. */
export function verdictOn({ tags }: ImageConclusion, tag: string | undefined): TagVerdict | undefined {
  return tags.find((one) => one.tag === tag);
}

/** At most `limit` events. Events with the same time stay on one page, because the next page begins before a time. */
function pageOf(found: readonly RegistryEvent[], limit: number): readonly RegistryEvent[] {
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
  log: EventLog,
  images: readonly string[],
): Promise<ReadonlyMap<string, readonly ImageConclusion[]>> {
  const limit = maxConclusions;
  return new Map(
    await Promise.all(images.map(async (image) => [image, await log.conclusions({ image, limit })] as const)),
  );
}

function follow(
  event: RegistryEvent,
  concluded: ReadonlyMap<string, readonly ImageConclusion[]>,
): EventWithConclusions {
  const conclusions = imagesOf(event).flatMap((image) => {
    const after = (concluded.get(image) ?? []).filter(({ at }) => at >= event.at);
    // Conclusions are newest first, so the last one for each key is the first after the event.
    return [...new Map(after.map((one) => [unitKey(one), one])).values()];
  });
  return { event, conclusions };
}

/** The newest conclusion of each configuration; when it does not mention the tag, the newest one that does. */
function resultsFor(newestFirst: readonly ImageConclusion[], tag: string | undefined): readonly TagResult[] {
  const results = new Map<string, TagResult>();
  for (const conclusion of newestFirst) {
    const key = unitKey(conclusion);
    const verdict = tag === undefined ? undefined : verdictOn(conclusion, tag);
    const known = results.get(key);
    if (known === undefined || (known.verdict === undefined && verdict !== undefined)) {
      results.set(key, { conclusion, verdict });
    }
  }
  const all = [...results.values()];
  return [...all.filter(({ verdict }) => verdict !== undefined), ...all.filter(({ verdict }) => verdict === undefined)];
}

function unitKey({ repository, unit, image }: ImageConclusion): string {
  return JSON.stringify([repository, unit, image]);
}
