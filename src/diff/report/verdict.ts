import type { Finding, Preview, TargetPreview } from "../../model/preview.ts";
import { clip } from "../../model/text/lines.ts";
import { count, sentenceList, thousands } from "../../model/text/lists.ts";
import { isEnvironment } from "../finding-words.ts";
import { type Marks, plainMarks, targetPhrase } from "./changes.ts";
import { validTitles } from "./configuration.ts";
import { environmentOrder, knownEnvironments } from "./environments.ts";
import { type FindingGroup, groupFindings } from "./finding-groups.ts";
import { inEnvironments, subject, targetName } from "./phrases.ts";

/** The first line of everything that is said about a preview. */
export interface Verdict {
  /** Stands before the text where it is not plain good news. */
  readonly sign: "" | "🔴" | "🟠" | "❌";
  readonly text: string;
}

/** What the title of a check and the first line of a comment may have. */
const maxTitle = 72;

/** What a preview comes to, in at most 72 characters. `marks` set off names and values; `baseName` is merged into. */
export function verdict(preview: Preview, marks: Marks = plainMarks, baseName?: string): Verdict {
  const groups = groupFindings(preview);
  const failed = preview.targets.filter(isBroken);
  const rest = groups.filter(({ id, severity }) => id !== "render-failed" || severity !== "danger");
  if (groups.some(isConfigurationError)) return brokenConfiguration(groups, marks);
  if (failed.length > 0)
    return {
      sign: "❌",
      text: firstFitting([() => `${failedText(preview, failed)}${andMore(rest)}`, () => failedText(preview, failed)]),
    };
  const [first, ...others] = rest.filter(({ severity }) => severity !== "notice");
  if (first === undefined)
    return { sign: unknownCount(preview) > 0 ? "🟠" : "", text: withSuspension(preview, groups, marks) };
  if (first.id === "reference-not-fetched")
    return { sign: "🟠", text: firstFitting([() => unknownText(preview), () => changesText(preview, marks)]) };
  if (first.id === "unread-files") return { sign: "🟠", text: `Not checked: ${first.filled().short}` };
  return riskVerdict(first, others, marks, baseName);
}

/** Whether a target cannot be rendered because of this change, as far as is known. */
export function isBroken({ status, error }: TargetPreview): boolean {
  return status === "failed" && (error?.cause ?? "change") === "change";
}

function riskVerdict(
  first: FindingGroup,
  others: readonly FindingGroup[],
  marks: Marks,
  baseName: string | undefined,
): Verdict {
  const { severity, places, acknowledged } = first;
  const word = severity === "danger" ? "Danger" : "Warning";
  const environment = places[0]?.environment ?? "";
  const where = isEnvironment(environment) ? `${word} in ${environment}` : word;
  const inPlace = acknowledged === undefined ? where : `${where}, confirmed`;
  const lead = first.id === "render-failed" ? "Unknown" : inPlace;
  const short = first.filled({ baseName }).short.replaceAll(/`([^`]*)`/g, (_, name: string) => marks.name(name));
  const counts = kindCounts([first, ...others]);
  const text = firstFitting([
    () => `${lead}: ${short}${andMore(others, severity)}`,
    () => `${lead}: ${short}`,
    () => `${lead}: ${counts}`,
    () => `${word}: ${counts}`,
  ]);
  return { sign: severity === "danger" && acknowledged === undefined ? "🔴" : "🟠", text };
}

/** `, and 1 more danger and 2 warnings`. */
function andMore(groups: readonly FindingGroup[], same?: FindingGroup["severity"]): string {
  const parts = (["danger", "warning"] as const).flatMap((severity) => {
    const amount = groups.filter((group) => group.severity === severity).length;
    const more = severity === same ? "more " : "";
    return amount === 0 ? [] : [count(amount, `${more}${severity}`)];
  });
  return parts.length === 0 ? "" : `, and ${sentenceList(parts)}`;
}

function kindCounts(groups: readonly FindingGroup[]): string {
  return andMore(groups).replace(/^, and /, "");
}

function brokenConfiguration(groups: readonly FindingGroup[], marks: Marks): Verdict {
  const errors = groups.filter(isConfigurationError).length;
  return { sign: "❌", text: configurationErrors(errors, marks) };
}

/** Whether a finding is an error that the change brings into the configuration. */
export function isConfigurationError({ id }: Pick<Finding, "id">): boolean {
  return id === "broken-configuration";
}

/** `.sluice.yaml has 2 errors`. */
export function configurationErrors(errors: number, marks: Marks, file = ".sluice.yaml"): string {
  return `${marks.name(file)} has ${count(errors, "error")}`;
}

function failedText(preview: Preview, failed: readonly TargetPreview[]): string {
  const [first, ...others] = failed;
  if (first !== undefined && others.length === 0) return `${subject(first)} cannot be rendered`;
  const { apps, where } = scope(preview, failed);
  const [app = ""] = apps;
  return `${apps.length === 1 ? app : `${thousands(apps.length)} apps`}${where} cannot be rendered`;
}

function scope(preview: Preview, targets: readonly TargetPreview[]) {
  const apps = [...new Set(targets.map(({ app }) => app))];
  const environments = [...new Set(targets.map(({ environment }) => environment))];
  return { apps, where: inEnvironments(environments.sort(environmentOrder(preview)), 3) };
}

function unknownCount({ completeness, findings }: Preview): number {
  return findings.some(({ id }) => id === "reference-not-fetched") ? 0 : completeness.unpinned.length;
}

/** `monitoring in prod: 2 changes, 1 remote base unknown`. */
function unknownText(preview: Preview): string {
  const changed = changedTargets(preview);
  const changes = changed.reduce((sum, { changes: own }) => sum + own.length, 0);
  const unknown = unknownSources(preview);
  const about = changed.length > 0 ? changed : preview.targets;
  const { apps, where } = scope(preview, about);
  const who = apps.length === 1 ? `${apps[0]}${where}` : `${count(apps.length, "app")}${where}`;
  return changes === 0 ? `${who}: ${unknown}` : `${who}: ${count(changes, "change")}, ${unknown}`;
}

/** What is no remote base or file; one and more of it. */
const ownNouns: Readonly<Record<string, readonly [string, string?]>> = {
  chart: ["chart"],
  artifact: ["artifact"],
  repository: ["repository", "repositories"],
  generator: ["ApplicationSet"],
};

/** `1 remote base unknown`; of several kinds they are sources. */
function unknownSources({ completeness: { unpinned } }: Preview): string {
  const kinds = new Set(unpinned.map(({ kind = "base" }) => kind));
  const [kind = "object", ...others] = kinds;
  const isMixed = kind === "object" || others.length > 0;
  const [one, more] = isMixed ? ["remote source"] : (ownNouns[kind] ?? [`remote ${kind}`]);
  return `${count(new Set(unpinned.map(({ reference }) => reference)).size || 1, one, more)} unknown`;
}

/** Targets of which something is different. */
export function changedTargets({ targets }: Preview): readonly TargetPreview[] {
  return targets.filter(({ status }) => status !== "unchanged" && status !== "failed");
}

/** What changes, and that nothing of it is deployed as long as Flux is suspended in all these places. */
function withSuspension(preview: Preview, groups: readonly FindingGroup[], marks: Marks): string {
  const text = changesText(preview, marks);
  const places = groups.filter(({ id }) => id === "suspended").flatMap((group) => group.places);
  const still = new Set(places.map(targetName));
  const changed = changedTargets(preview);
  const [group] = groups.filter(({ id }) => id === "suspended");
  if (group === undefined || !changed.every((target) => still.has(targetName(target)))) return text;
  return firstFitting([() => `${text}, ${group.filled().short}`, () => text]);
}

function changesText(preview: Preview, marks: Marks): string {
  const changed = changedTargets(preview);
  if (changed.length === 0) return nothingText(preview, marks);
  const added = changed.filter(({ status }) => status === "added");
  if (added.length === changed.length)
    return firstFitting([() => newText(preview, added), () => countsText(preview, changed)]);
  const apps = new Set(changed.map(({ app }) => app));
  const phrases = new Set(changed.map((target) => targetPhrase(target, marks)));
  const [phrase = ""] = phrases;
  if (apps.size > 1) return countsText(preview, changed);
  const { where } = scope(preview, changed);
  const who = `${[...apps][0] || "this repository"}${where}`;
  const resources = changed.reduce((sum, { changes }) => sum + changes.length, 0);
  return firstFitting([
    ...(phrases.size > 1 ? [] : [() => `${who}: ${phrase}`]),
    () => `${who}: ${count(resources, "resource changes", "resources change")}`,
    () => countsText(preview, changed),
  ]);
}

function newText(preview: Preview, added: readonly TargetPreview[]): string {
  const { apps, where } = scope(preview, added);
  const resources = added.reduce((sum, { changes }) => sum + changes.length, 0);
  const what = apps.length === 1 ? `app ${apps[0]}` : count(apps.length, "app");
  return `New${where}: ${what}, ${count(resources, "resource")}`;
}

/** `14 changes: 5 apps in prod, 5 in staging, 4 in dev`. */
function countsText(preview: Preview, changed: readonly TargetPreview[]): string {
  const resources = changed.reduce((sum, { changes }) => sum + changes.length, 0);
  const total =
    resources === changed.length
      ? count(resources, "change")
      : count(resources, "resource changes", "resources change");
  const order = environmentOrder(preview);
  const groups = [...Map.groupBy(changed, ({ environment }) => environment)].sort(([a], [b]) => order(a, b));
  const parts = groups.map(([environment, targets], index) => {
    const apps = index === 0 ? count(targets.length, "app") : thousands(targets.length);
    return isEnvironment(environment) ? `${apps} in ${environment}` : apps;
  });
  const left = (shown: number) => groups.slice(shown).reduce((sum, [, targets]) => sum + targets.length, 0);
  const some = (shown: number) => () =>
    `${total}: ${parts.slice(0, shown).join(", ")} and ${thousands(left(shown))} elsewhere`;
  return firstFitting([
    () => `${total}: ${parts.join(", ")}`,
    some(4),
    some(3),
    some(2),
    some(1),
    () => `${total} in ${count(changed.length, "place")}`,
  ]);
}

/** `No change in prod, staging or dev`: it names all that was compared. */
function nothingText(preview: Preview, marks: Marks): string {
  const environments = knownEnvironments(preview);
  const { apps = 0, completeness } = preview;
  if (preview.configuration !== undefined && completeness.failed === 0)
    return firstFitting(validTitles(preview.configuration, marks));
  if (completeness.targets === 0) return "No app found to check";
  const [moved, ...others] = preview.moved ?? [];
  if (moved !== undefined)
    return others.length === 0
      ? firstFitting([() => `${subject(moved)} moved, renders the same`])
      : `${thousands(others.length + 1)} places moved, render the same`;
  const named =
    environments.length > 1 ? `${environments.slice(0, -1).join(", ")} or ${environments.at(-1)}` : environments[0];
  const known = apps > 0 ? count(apps, "app") : "apps";
  return firstFitting([
    ...(named === undefined
      ? []
      : [
          () => `No change in ${named}`,
          () => `No change in the ${environments.length} environments that Sluice knows`,
        ]),
    () => (apps === 1 ? "No change in the 1 app that Sluice knows" : `No change in the ${known} that Sluice knows`),
  ]);
}

/** The first text that fits a title without its marks; the last one is cut. */
function firstFitting(texts: readonly (() => string)[]): string {
  let text = "";
  for (const write of texts) {
    text = write();
    if ([...text.replaceAll("`", "")].length <= maxTitle - 3) return text;
  }
  return clip(text, maxTitle - 3);
}
