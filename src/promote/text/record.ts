import { z } from "zod";
import type { Seal } from "./seal.ts";

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

const LINE = /<!-- sluice:promotion:v1 ([A-Za-z0-9+/=]+) ([0-9a-f]{64}) -->/;

/** The hidden line. `branch` is sealed with it, so that a record cannot be moved to another pull request. */
export function printRecord(value: PromotionRecord, branch: string, seal: Seal): string {
  const text = Buffer.from(JSON.stringify(value)).toString("base64");
  return `<!-- sluice:promotion:v1 ${text} ${seal.sign("record", `${branch}\n${text}`)} -->`;
}

/** The record in a body; `undefined` when there is none, or none that this App wrote for this branch. */
export function parseRecord(body: string, branch: string, seal: Seal): PromotionRecord | undefined {
  const match = LINE.exec(body);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  if (!seal.verify("record", `${branch}\n${match[1]}`, match[2])) return undefined;
  const parsed = record.safeParse(JSON.parse(Buffer.from(match[1], "base64").toString("utf8")));
  return parsed.success ? parsed.data : undefined;
}

/** The body with its record marked as one that counts no longer. */
export function discardRecord(body: string): string {
  return body.replace("<!-- sluice:promotion:v1 ", "<!-- sluice:closed-promotion:v1 ");
}

const TRAILER = /^Sluice-Tree: ([0-9a-f]{64})$/m;

/** The trailer of a commit of ours: says that we made this tree on this branch. */
export function treeTrailer(branch: string, tree: string, seal: Seal): string {
  return `Sluice-Tree: ${seal.sign("tree", `${branch}\n${tree}`)}`;
}

/** Whether the commit with this message and tree is ours, and not a person's on our branch. */
export function isOurs(message: string, branch: string, tree: string, seal: Seal): boolean {
  const match = TRAILER.exec(message);
  return match?.[1] !== undefined && seal.verify("tree", `${branch}\n${tree}`, match[1]);
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
