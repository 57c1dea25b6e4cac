import { z } from "zod";
import { discardHidden, parseHidden, printHidden } from "../../change/metadata-comment.ts";
import type { Seal } from "../../change/signature.ts";

const version = z.object({ image: z.string(), from: z.string(), to: z.string() }).readonly();

const record = z.object({
  kind: z.enum(["promotion", "rollback"]),
  environment: z.string(),
  /** The environment that the version comes from; the same as `environment` for a rollback. */
  from: z.string(),
  /** What was asked for; `targets` are those of them that change. */
  apps: z.array(z.string()).readonly(),
  /** Where the versions were read. */
  commit: z.string(),
  /** The branch's head that carries them. A record that is about another head was put back, or its branch was. */
  head: z.string().optional(),
  /** The branch that it is merged into. */
  base: z.string(),
  /** Who asked last; absent when it opened by itself. */
  actor: z.string().optional(),
  /** The pull request on which it was asked for. */
  origin: z.number().optional(),
  targets: z.array(z.object({ app: z.string(), images: z.array(version).readonly(), digest: z.string() })).readonly(),
  /** Pull requests whose changes are carried, newest first. */
  carried: z.array(z.number()).readonly(),
  /** What this pull request carried before, oldest first. */
  replaced: z.array(z.object({ commit: z.string(), versions: z.string(), by: z.string().optional() })).readonly(),
});

/** What a promotion pull request is, in a form that parses back: hidden in its body and sealed. */
export type PromotionRecord = Readonly<z.output<typeof record>>;

const KIND = "promotion";

/** The hidden line. `branch` is sealed with it, so that a record cannot be moved to another pull request. */
export function printRecord(value: PromotionRecord, branch: string, seal: Seal): string {
  return printHidden(KIND, value, branch, seal);
}

/** The record in a body; `undefined` when there is none, or none that this App wrote for this branch. */
export function parseRecord(body: string, branch: string, seal: Seal): PromotionRecord | undefined {
  const parsed = record.safeParse(parseHidden(KIND, body, branch, seal));
  return parsed.success ? parsed.data : undefined;
}

/** The body with its record marked as one that counts no longer. */
export function discardRecord(body: string): string {
  return discardHidden(KIND, body);
}

/** The id under which the merge of this pull request is in the history. */
export function mergedId(pullRequest: number): string {
  return `merged-${pullRequest}`;
}

/** Whether a record carries exactly these versions. */
export function sameVersions(before: PromotionRecord, targets: PromotionRecord["targets"]): boolean {
  const text = (list: PromotionRecord["targets"]) =>
    JSON.stringify(list.map(({ app, images }) => [app, images.map(({ image, from, to }) => [image, from, to])]));
  return text(before.targets) === text(targets);
}

/** Whether two records lead to the same renders. */
export function sameRenders(before: PromotionRecord, after: PromotionRecord): boolean {
  const text = ({ targets }: PromotionRecord) => JSON.stringify(targets.map(({ app, digest }) => [app, digest]));
  return text(before) === text(after);
}
