import { shortMove, shortVersion } from "../../change/text/version.ts";
import { code, inert } from "../../diff/index.ts";
import type { VersionChange } from "../../model/promotion.ts";
import { helpLink } from "../../model/text/help.ts";
import { sentenceList, thousands } from "../../model/text/lists.ts";
import { orderOfChange } from "../carried.ts";
import { type IncludedChanges, includedSection } from "./included-changes.ts";
import type { PromotionMetadata } from "./metadata.ts";
import { proposalHold } from "./rollback-proposal.ts";
import { betweenText, type ImageCommits } from "./source-commits.ts";
import { olderMark, onlyMove } from "./versions.ts";

/** What a promotion's body is made of. */
export interface BodyParts {
  readonly metadata: PromotionMetadata;
  /** The metadata as `printPromotion` gives it. */
  readonly comment: string;
  /** From `verdictSection`. */
  readonly verdict: string;
  /** From `gatesSection`. */
  readonly gates: string;
  readonly included: IncludedChanges;
  /** What the images are built from, where their labels tell. */
  readonly sourceCommits: readonly ImageCommits[];
  /** Sentences about how a target is edited, by app. */
  readonly notes: readonly { readonly app: string; readonly note: string }[];
  /** Apps that were asked for and are left out, with why. */
  readonly left: readonly { readonly app: string; readonly why: string }[];
  /** Planned apps of which the render stays the same. */
  readonly unchanged: readonly string[];
  readonly repositoryUrl: string;
  /** Where the documents can be read. */
  readonly docsUrl?: string | undefined;
}

/** GitHub takes 65,536 characters. */
const LIMIT = 60_000;

/**
 * The body of a promotion pull request. Whatever does not fit is counted, never dropped silently; the table of versions
 * goes last.
 */
export function promotionBody(parts: BodyParts): string {
  for (const [changes, rows] of [
    [100, 500],
    [30, 300],
    [10, 150],
    [3, 60],
  ] as const) {
    const body = build(parts, changes, rows);
    if (body.length <= LIMIT) return body;
  }
  return build({ ...parts, notes: [], left: parts.left.slice(0, 20) }, 0, 40);
}

function build(parts: BodyParts, changes: number, rows: number): string {
  const { metadata } = parts;
  const news = includedSection(
    parts.included,
    parts.repositoryUrl,
    changes,
    headingOf(metadata),
    guessOf(metadata),
  ).join("\n");
  const sections = [
    `${parts.comment}\n${parts.verdict}`,
    holdText(metadata),
    versionTable(metadata, rows),
    leftText(parts.left),
    ...(metadata.kind === "rollback" ? [news, parts.gates] : [parts.gates, news]),
    sourceLines(parts).join("\n\n"),
    remarkList(parts),
    smallPrint(parts),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function guessOf({ from, environment }: PromotionMetadata): string {
  return `No earlier promotion is known, so this is the newest part of ${inert(from)}'s history and ${inert(environment)} may have some of it:`;
}

function headingOf({ kind, targets }: PromotionMetadata): string {
  const older = targets.some(({ images }) => images.some((one) => orderOfChange(one) === "older"));
  return kind === "rollback" || older ? "What goes away" : "What is new";
}

/** What a rollback stops, and how that ends. */
function holdText({ kind, environment, apps, targets, proposal }: PromotionMetadata): string {
  if (kind !== "rollback") return "";
  const releases = releasesOf({ environment, apps });
  if (proposal !== undefined) return proposalHold({ environment, apps, targets, proposal }, releases);
  return `**On hold:** nothing promotes or updates ${inert(sentenceList(apps))} in ${inert(environment)} until ${releases}, or until someone promotes a newer version by hand.`;
}

/** One pair of versions stands in the first line; what is more is a table. */
function versionTable({ environment, targets, kind }: PromotionMetadata, max: number): string {
  const [only, ...more] = targets;
  if (only === undefined || (more.length === 0 && (only.images.length === 0 || onlyMove(only.images) !== undefined)))
    return "";
  const lines =
    more.length === 0
      ? only.images.map((image) => imageRow(image, kind))
      : targets.flatMap((target) => appRows(target, kind));
  const rest = lines.length - max;
  const where = inert(environment);
  return [
    `| ${more.length === 0 ? "Image" : "App"} | ${where} has | ${where} gets |`,
    "|---|---|---|",
    ...lines.slice(0, max),
    ...(rest > 0 ? [`| and ${thousands(rest)} more | | |`] : []),
  ].join("\n");
}

type Kind = PromotionMetadata["kind"];

function appRows({ app, images }: PromotionMetadata["targets"][number], kind: Kind): readonly string[] {
  const move = onlyMove(images);
  if (images.length === 0) return [`| ${inert(app)} | files | see the diff |`];
  if (move === undefined) return images.map((image) => versionRow(`${app} · ${lastPart(image.image)}`, image, kind));
  return [versionRow(app, { image: images[0]?.image ?? "", ...move }, kind)];
}

function imageRow(change: VersionChange, kind: Kind): string {
  return versionRow(lastPart(change.image), change, kind);
}

function versionRow(name: string, change: VersionChange, kind: Kind): string {
  const { from, to, image } = change;
  const shown = (version: string) => code(`${image.startsWith("chart ") ? "chart " : ""}${shortVersion(version)}`);
  const older = kind === "promotion" ? olderMark([change]) : "";
  return `| ${inert(name)} | ${from === "" ? "not yet" : shown(from)} | ${shown(to)}${older} |`;
}

function lastPart(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1);
}

function leftText(left: BodyParts["left"]): string {
  if (left.length === 0) return "";
  const lines = left.map(({ app, why }) => `- **${inert(app)}**: ${inert(why)}${/[.?]$/.test(why) ? "" : "."}`);
  return ["Not included:", ...lines].join("\n");
}

/** What images are built from: the commits between the two versions. */
function sourceLines({ sourceCommits, metadata }: BodyParts): readonly string[] {
  const moves = metadata.targets.flatMap(({ images }) => images);
  return sourceCommits.map(({ image, source }) =>
    betweenText(
      source,
      moves.find((one) => one.image === image),
    ),
  );
}

function remarkList({ notes, unchanged, metadata, left }: BodyParts): string {
  const many = metadata.targets.length + left.length > 1;
  const lines = [
    ...notes.slice(0, 50).map(({ app, note }) => `- ${many ? `${code(app)}: ` : ""}${inert(note)}`),
    ...unchanged.map((app) => `- ${code(app)}: the render stays the same; nothing changes in the cluster`),
  ];
  return lines.length === 0 ? "" : ["### Remarks", "", ...lines].join("\n");
}

function smallPrint({ metadata, repositoryUrl, docsUrl }: BodyParts): string {
  const { kind, actor, origin, from, commit, apps } = metadata;
  const place = origin === undefined ? "" : ` in #${origin}`;
  const who = actor === undefined ? "Opened automatically" : `${code(actor)} asked for this${place}`;
  const at = `[${code(commit.slice(0, 7))}](${repositoryUrl}/commit/${commit})`;
  const where = kind === "rollback" ? `as it was at ${at}` : `from ${inert(from)} at ${at}`;
  const together = apps.length > 1 ? ["merged or dropped together"] : [];
  return `<sub>${[who, where, ...together, waysOut(metadata), ...helpLink(docsUrl, "promotion")].join(" · ")}</sub>`;
}

function releasesOf({ environment, apps }: Pick<PromotionMetadata, "environment" | "apps">): string {
  return sentenceList(apps.map((app) => code(`/release ${environment}/${app}`)));
}

type Ways = Pick<PromotionMetadata, "kind" | "environment" | "apps"> & { readonly proposal?: unknown };

/** What can be done about it while it is open. */
function waysOut({ kind, environment, apps, proposal }: Ways): string {
  if (proposal !== undefined) return "closing this declines it and ends the hold";
  if (kind === "rollback") return `closing this keeps the hold: ${releasesOf({ environment, apps })}`;
  return `closing drops it, ${code(`/hold ${environment}`)} stops it`;
}

/** The body with what can be done after the merge; unchanged where somebody rewrote that line. */
export function replaceWays(body: string, metadata: Ways): string {
  const { kind, environment, apps } = metadata;
  const after =
    kind === "rollback"
      ? `${releasesOf(metadata)} ends the hold`
      : `to go back: ${code(`/rollback ${environment} ${apps.join(" ")}`)}`;
  const ways = waysOut(metadata);
  return ["</sub>", " · [help]("].reduce((text, end) => text.replace(`${ways}${end}`, () => `${after}${end}`), body);
}

/** The versions of a promotion on one short line, for what replaced what. */
export function versionsLine(targets: PromotionMetadata["targets"]): string {
  const moves = targets.map(({ app, images }) => {
    const [first, ...more] = images;
    if (first === undefined) return app;
    return `${app} ${shortMove(first)}${more.length > 0 ? ` and ${more.length} more` : ""}`;
  });
  return `${moves.slice(0, 3).join(", ")}${moves.length > 3 ? ` and ${moves.length - 3} more apps` : ""}`.slice(0, 300);
}
