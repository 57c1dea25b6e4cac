import type { Preview, ResourceChange, SecretUse, TargetPreview } from "../../model/preview.ts";
import { count, sentenceList, thousands } from "../../model/text/lists.ts";
import { code, fenced, inert } from "../../model/text/markdown.ts";
import { isEnvironment, plural } from "../finding-words.ts";
import { shortImage, splitImage } from "../image-name.ts";
import { redactMessage } from "../redact.ts";
import { renamedText } from "./block-words.ts";
import { codeMarks, fieldPhrase, imagePhrase } from "./changes.ts";
import { notFetched } from "./closing.ts";
import { chartVersionsText, movedSameText } from "./deployed.ts";
import { knownEnvironments } from "./environments.ts";
import { type ChangeGroup, differentGroup, isMoved } from "./fold.ts";
import { plusMinus, subject } from "./phrases.ts";
import { changedTargets, isBroken } from "./verdict.ts";

/** Sentences for what a table cannot say. */
export function plainWords(preview: Preview, groups: readonly ChangeGroup[]): string {
  const changed = changedTargets(preview);
  const paragraphs = [
    changed.length === 0 ? nothingChanges(preview) : "",
    movedText(changed),
    movedSameText(preview),
    chartVersionsText(preview),
    startsText(changed),
    secretText(changed),
    [restartsText(preview), preview.findings.length > 0 ? "" : alikeText(changed, groups)]
      .filter((text) => text !== "")
      .join(" "),
    renamesText(preview),
    notFetched(preview).trim(),
  ];
  return paragraphs
    .filter((text) => text !== "")
    .map((text) => `${text}\n\n`)
    .join("");
}

/** Why nothing changes, where nothing does. `mark` makes names fit for where it stands. */
export function nothingChanges(preview: Preview, mark: (name: string) => string = inert): string {
  const { completeness } = preview;
  if (completeness.targets === 0) {
    return "An app is a kustomization, a Helm chart or a folder of manifests; `.sluice.yaml` can name them.";
  }
  if (preview.moved !== undefined) return "";
  if (completeness.affected === 0) return preview.configuration === undefined ? unusedFiles(preview) : "";
  return completeness.failed > 0 ? "" : sameResult(preview, mark);
}

/** Files of an app changed, and its manifests did not. */
function sameResult({ targets }: Preview, mark: (name: string) => string): string {
  const apps = [...new Set(targets.map(({ app }) => app))].filter((app) => app !== "");
  const [first, ...others] = [...new Set(targets.map(({ environment }) => environment))].filter(isEnvironment);
  const all =
    others.length === 0
      ? ` in ${mark(first ?? "")}`
      : ` in ${others.length === 1 ? "both" : `all ${others.length + 1}`} environments`;
  const named = apps.length > 3 ? count(apps.length, "app") : sentenceList(apps.map(mark));
  const their = apps.length > 1 ? "their" : "its";
  return `The changed files belong to ${named || "this repository"}, but ${their} manifests stay the same${first === undefined ? "" : all}.`;
}

/** What the claim that nothing changes rests on. */
function unusedFiles(preview: Preview): string {
  const { apps = 0, changedFiles } = preview;
  const files =
    changedFiles === undefined
      ? "changed files"
      : changedFiles === 1
        ? "changed file"
        : `${thousands(changedFiles)} changed files`;
  if (apps === 0) return `No app uses the ${files}.`;
  const known = knownEnvironments(preview);
  const environments = known.length;
  if (preview.findings.some(({ id }) => id === "unread-files"))
    return `No change in the ${apps === 1 ? "1 app" : `${thousands(apps)} apps`} that Sluice knows${environments === 0 ? "" : ` (${known.map(inert).join(", ")})`}.`;
  const where = environments === 0 ? "" : environments === 1 ? " in this environment" : " in these environments";
  return `No app uses the ${files}. Sluice knows ${count(apps, "app")}${where}.`;
}

/** "Not deleted" is said only where the identities are equal. */
function movedText(changed: readonly TargetPreview[]): string {
  const [only, ...others] = changed.filter(({ movedFrom }) => movedFrom !== undefined);
  if (only === undefined || others.length > 0) return "";
  const whose = changed.length > 1 ? ` of ${inert(subject(only))}` : "";
  const { sameIdentities = 0, follower } = only;
  const follows =
    follower === undefined
      ? ""
      : `${inert(follower.tool)} ${code(follower.name)} follows: its ${code("path")} changes here too.`;
  return [keptText(sameIdentities, whose), follows].filter((text) => text !== "").join(" ");
}

function keptText(resources: number, whose: string): string {
  if (resources === 0) return "";
  const one = whose === "" ? "Its 1 resource" : `The 1 resource${whose}`;
  if (resources === 1) return `${one} keeps kind, name and namespace, so nothing is deleted or created.`;
  return `All ${thousands(resources)} resources${whose} keep kind, name and namespace, so none is deleted or created.`;
}

/** What starts with a new app, where one workload says so. */
function startsText(changed: readonly TargetPreview[]): string {
  const [only, ...others] = changed;
  const [replicas, ...more] = only?.replicas ?? [];
  const [image, ...moreImages] = new Set(only?.images.map(({ to }) => to));
  if (only?.status !== "added" || others.length > 0 || more.length > 0 || moreImages.length > 0) return "";
  const { name, version } = splitImage(image ?? "");
  if (!replicas?.to || version === "") return "";
  const shortName = name.slice(name.lastIndexOf("/") + 1);
  return `Starts ${count(replicas.to, "pod")} of ${code(shortName)} ${code(shortImage(version))}.`;
}

/** Which keys of the only Secret that changes get another value. */
function secretText(changed: readonly TargetPreview[]): string {
  const changes = changed.flatMap((target) => target.changes);
  const [only, ...others] = changes;
  if (only === undefined || others.length > 0 || only.kind !== "Secret" || only.action !== "changed") return "";
  const keys = [...only.diff.matchAll(/^\+([^\s:]+): ‹hidden /gm)].map(([, key = ""]) => code(key));
  if (keys.length === 0) return "";
  const { stays = [], readers = [] } = changed.find(({ secret }) => secret !== undefined)?.secret ?? {};
  const rest = stays.length === 0 ? "" : `; ${sentenceList(stays.map(code))} ${stays.length === 1 ? "stays" : "stay"}`;
  return `${sentenceList(keys)} ${keys.length === 1 ? "gets another value" : "get other values"}${rest}.${readersText(readers)}`;
}

function readersText(readers: SecretUse["readers"]): string {
  if (readers.length === 0) return "";
  const names = readers.map(({ kind, name }) => `${inert(kind)} ${code(name)}`);
  return ` Nothing in this change restarts the pods that use it: ${sentenceList(names, 4)} ${readers.length === 1 ? "reads" : "read"} it at start.`;
}

/** Workloads whose pods are replaced; for several places. */
function restartsText(preview: Preview): string {
  const targets = changedTargets(preview);
  const total = targets.reduce((sum, { rollouts = 0 }) => sum + rollouts, 0);
  if (targets.length < 2 || total < 2) return "";
  const [first] = knownEnvironments(preview);
  const there = targets
    .filter(({ environment }) => environment === first)
    .reduce((sum, { rollouts = 0 }) => sum + rollouts, 0);
  const of =
    first === undefined || there === 0 || there === total ? "" : `, ${thousands(there)} of them in ${inert(first)}`;
  return `Restarts ${count(total, "workload")}${of}.`;
}

/** The one place that is unlike all others. */
function alikeText(changed: readonly TargetPreview[], groups: readonly ChangeGroup[]): string {
  const [one] = changed.length < 3 ? [] : (differentGroup(groups)?.members ?? []);
  if (one === undefined) return "";
  const alike = groups.reduce((sum, { members }) => sum + members.length, 0) - 1;
  return `${count(alike, "change")} are alike; **${inert(one.app)} in ${inert(one.environment)} differs**.`;
}

const maxRenames = 12;

/** What only gets another name, by kinds that go together. */
function renamesText(preview: Preview): string {
  const changed = changedTargets(preview);
  const changes = changed.length > 1 ? [] : changed.flatMap((target) => target.changes);
  const kinds = new Map<string, Set<string>>();
  for (const change of changes) {
    const { from, kind, fields } = change;
    if (from === undefined || fields?.length !== 0 || isMoved(change)) continue;
    const text = renamedText(change, code);
    kinds.set(text, (kinds.get(text) ?? new Set()).add(from.kind === kind ? kind : `${from.kind} → ${kind}`));
  }
  const lines = [...kinds].map(([text, own]) => `- **${[...own].map(inert).join(", ")}:** ${text}`);
  const rest = lines.length - maxRenames;
  return [...lines.slice(0, maxRenames), ...(rest > 0 ? [`- and ${thousands(rest)} more`] : [])].join("\n");
}

/** What tools said of what cannot be rendered, folded, where a finding does not say all of it. */
export function toolMessages(preview: Preview): string {
  const failed = preview.targets.flatMap((target) => {
    const { error, status, renderer } = target;
    const isTold = error !== undefined && (isBroken(target) || (status === "failed" && isLong(error)));
    return isTold ? [{ message: redactMessage(error.message), renderer }] : [];
  });
  const texts = Map.groupBy(failed, ({ message }) => message);
  const said = preview.findings.map(({ message }) => message);
  return [...texts]
    .filter(([message]) => !said.some((text) => text.startsWith(message.trim())))
    .slice(0, 3)
    .map(([message, [first]]) => {
      const tool = first === undefined || first.renderer === "plain" ? "the renderer" : first.renderer;
      return `<details><summary>Message of ${tool}</summary>\n\n${fenced("text", message.slice(0, 1500))}\n\n</details>\n\n`;
    })
    .join("");
}

/** A finding has no more than the first line. */
function isLong({ message }: { readonly message: string }): boolean {
  return message.trim().includes("\n");
}

/** Values that differ at every render: told, because a deploy may replace them. */
export function randomNote(preview: Preview): string {
  const values = preview.targets.flatMap(({ random = [] }) => random);
  const distinct = [...new Map(values.map((value) => [`${value.resource}\n${value.path}`, value])).values()];
  if (distinct.length === 0) return "";
  const byResource = [...Map.groupBy(distinct, ({ resource }) => resource)];
  const listed = byResource.slice(0, 6).map(([resource, own]) => {
    const paths = own.map(({ path }) => pathText(path));
    const kind = resource.slice(0, resource.indexOf("/"));
    const name = resource.slice(resource.lastIndexOf("/") + 1);
    return `${sentenceList(paths, 4)} in ${inert(kind)} ${code(name)}`;
  });
  const rest = byResource.length - listed.length;
  const list = `${listed.join(", ")}${rest > 0 ? ` and ${rest} more resources` : ""}`;
  const one = distinct.length === 1;
  return `> [!NOTE]\n> **${one ? "1 value is" : `${thousands(distinct.length)} values are`} not compared** as far as the chart makes ${one ? "a new one" : "new ones"} at every render: ${list}. Each deploy may replace ${one ? "it" : "them"}; set ${one ? "it" : "them"} in the values to keep ${one ? "it" : "them"}.\n\n`;
}

function pathText(path: string): string {
  const annotation = /^(?:.*\.)?metadata\.annotations\.(.+)$/.exec(path)?.[1];
  if (annotation !== undefined) return `annotation ${code(annotation)}`;
  return code(path.replace(/^(?:data|stringData)\./, ""));
}

const maxKinds = 12;

/** Of a bump with many resources: how many only repeat the version in labels, and the others by kind. */
export function chartWords(preview: Preview): string {
  const changed = changedTargets(preview);
  const [only, ...others] = changed;
  if (only === undefined || others.length > 0) return "";
  const labels = only.changes.filter(({ labelsOnly }) => labelsOnly === true);
  const rest = only.changes.filter(({ labelsOnly }) => labelsOnly !== true);
  if (labels.length === 0 || only.changes.length < 4) return "";
  const lead = `${thousands(labels.length)} of the ${thousands(only.changes.length)} resources change only in version labels.`;
  if (rest.length === 0) return `${lead}\n\n`;
  const kinds = [...Map.groupBy(rest, ({ kind }) => kind)];
  const lines = kinds.slice(0, maxKinds).map(([kind, changes]) => kindLine(kind, changes));
  if (kinds.length > maxKinds) lines.push(`- and ${count(kinds.length - maxKinds, "more kind")}`);
  return `${lead} ${rest.length === 1 ? "The other one" : `The other ${thousands(rest.length)}`}:\n\n${lines.join("\n")}\n\n`;
}

function kindLine(kind: string, changes: readonly ResourceChange[]): string {
  const noun = changes.length === 1 ? kind : plural(kind);
  return `- **${thousands(changes.length)} ${inert(noun)}:** ${kindDetail(changes)}`;
}

function kindDetail(changes: readonly ResourceChange[]): string {
  const phrases = changes.map(({ name, fields }) => {
    const images = (fields ?? []).map((field) =>
      field.name === "image" ? imagePhrase(field.from, field.to, codeMarks) : fieldPhrase(field, codeMarks),
    );
    return images.length === 0 ? undefined : `${inert(name)} ${inert(images.join(", "))}`;
  });
  if (changes.length <= 4 && phrases.every((phrase) => phrase !== undefined)) return phrases.join(", ");
  const words = { changed: "changed", added: "new", removed: "removed", renamed: "renamed" } as const;
  const counts = (["changed", "added", "removed", "renamed"] as const).flatMap((action) => {
    const amount = changes.filter((change) => change.action === action).length;
    return amount === 0 ? [] : [`${thousands(amount)} ${words[action]}`];
  });
  const added = changes.reduce((sum, { addedLines }) => sum + addedLines, 0);
  const removed = changes.reduce((sum, { removedLines }) => sum + removedLines, 0);
  return `${counts.join(", ")} (${plusMinus(added, removed)})`;
}
