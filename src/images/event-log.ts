import { createHash } from "node:crypto";
import { z } from "zod";
import type { EventLog, ImageConclusion, PushedImage, RegistryEvent, TagVerdict } from "../model/images.ts";
import type { JsonObject } from "../model/json.ts";
import type { Clock } from "../model/observe.ts";
import type { Records, StoredRecord } from "../model/records.ts";
import { clip } from "../model/text/lines.ts";

/** How long the log remembers, in milliseconds: 14 days. */
export const eventsKeptMs = 14 * 24 * 3_600_000;

const eventKind = "registry-event";
const conclusionKind = "image-conclusion";

/** The limits of one stored event or conclusion. Longer texts are cut, further items are left out. */
const max = { pushes: 100, tags: 40, name: 512, sentence: 400 } as const;

const push = z.object({ image: z.string(), tag: z.string().optional(), digest: z.string().optional() });
const eventSchema = z.object({
  id: z.string(),
  hook: z.string(),
  source: z.string(),
  at: z.number(),
  pushes: z.array(push),
  ignored: z.string().optional(),
});
const verdict = z.object({ tag: z.string(), reason: z.string(), outcome: z.enum(["chosen", "current", "not-chosen"]) });
const conclusionSchema = z.object({
  repository: z.string(),
  unit: z.string(),
  image: z.string(),
  at: z.number(),
  summary: z.string(),
  pullRequest: z.number().optional(),
  tags: z.array(verdict),
});

/**
 * The log on records. An event is known by its hook and id. A conclusion that says the same as an earlier one of the
 * same image, repository and unit takes its place, so that looking again costs no space; its time is that of the last
 * look. Texts of outside are cut to a bounded length. Errors: those of `Records`.
 */
export function createEventLog(records: Records, clock: Clock): EventLog {
  const keep = (kind: string, record: StoredRecord) => {
    const left = record.at + eventsKeptMs - clock();
    return left > 0 ? records.put(kind, record, Math.min(left, eventsKeptMs)) : Promise.resolve();
  };
  return {
    received: (event) => keep(eventKind, eventRecord(event)),
    concluded: (conclusion) => keep(conclusionKind, conclusionRecord(conclusion)),
    event: async (id) => {
      const [found] = await records.find(eventKind, { key: idKey(clip(id, max.name)), limit: 1 });
      return found === undefined ? undefined : eventOf(found);
    },
    events: async ({ image, tag, limit, before }) => {
      const key = image === undefined ? {} : { key: imageKey(image, tag) };
      const found = await records.find(eventKind, { ...key, limit, ...(before === undefined ? {} : { before }) });
      return found.map(eventOf);
    },
    conclusions: async ({ image, limit }) => {
      const found = await records.find(conclusionKind, { key: imageKey(image, undefined), limit });
      return found.map(conclusionOf);
    },
  };
}

function eventRecord(event: RegistryEvent): StoredRecord {
  const { at, ignored } = event;
  const id = clip(event.id, max.name);
  const hook = clip(event.hook, max.name);
  const pushes = event.pushes.slice(0, max.pushes).map(pushOf);
  const keys = pushes.flatMap(({ image, tag }) => [imageKey(image, undefined), imageKey(image, tag)]);
  const value: JsonObject = {
    id,
    hook,
    source: clip(event.source, max.name),
    at,
    pushes: pushes.map((one) => ({ ...one })),
    ...(ignored === undefined ? {} : { ignored: clip(ignored, max.sentence) }),
  };
  return { id: `${hook}/${id}`, at, keys: [idKey(id), ...keys], value };
}

function pushOf({ image, tag, digest }: PushedImage): PushedImage {
  return {
    image: clip(image, max.name),
    ...(tag === undefined ? {} : { tag: clip(tag, max.name) }),
    ...(digest === undefined ? {} : { digest: clip(digest, max.name) }),
  };
}

function conclusionRecord(conclusion: ImageConclusion): StoredRecord {
  const { at, pullRequest } = conclusion;
  const event = {
    repository: clip(conclusion.repository, max.name),
    unit: clip(conclusion.unit, max.name),
    image: clip(conclusion.image, max.name),
    summary: clip(conclusion.summary, max.sentence),
    ...(pullRequest === undefined ? {} : { pullRequest }),
    tags: conclusion.tags.slice(0, max.tags).map(verdictOf),
  };
  const id = createHash("sha256").update(JSON.stringify(event)).digest("hex");
  return { id, at, keys: [imageKey(event.image, undefined)], value: { ...event, at } };
}

function verdictOf({ tag, reason, outcome }: TagVerdict): JsonObject {
  return { tag: clip(tag, max.name), reason: clip(reason, max.sentence), outcome };
}

function eventOf({ value }: StoredRecord): RegistryEvent {
  const { ignored, pushes, ...rest } = eventSchema.parse(value);
  return { ...rest, pushes: pushes.map(pushed), ...(ignored === undefined ? {} : { ignored }) };
}

function pushed({ image, tag, digest }: z.output<typeof push>): PushedImage {
  return { image, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

function conclusionOf({ value }: StoredRecord): ImageConclusion {
  const { pullRequest, ...rest } = conclusionSchema.parse(value);
  return { ...rest, ...(pullRequest === undefined ? {} : { pullRequest }) };
}

/** Spaces are in no image's name and no tag. */
function imageKey(image: string, tag: string | undefined): string {
  const name = `image ${clip(image, max.name)}`;
  return tag === undefined ? name : `${name} ${clip(tag, max.name)}`;
}

function idKey(id: string): string {
  return `id ${id}`;
}
