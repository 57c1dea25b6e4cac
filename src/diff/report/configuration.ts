import type { ConfigurationEffect, EnvironmentEffect, Preview } from "../../model/preview.ts";
import { commaList, count } from "../../model/text/lists.ts";
import { cell, inert } from "../../model/text/markdown.ts";
import { isEnvironment } from "../finding-words.ts";
import type { Marks } from "./changes.ts";
import { type Fit, firstThatFits } from "./fit.ts";

const file = ".sluice.yaml";
const removed = `apps will be found by their folders. Promotions and image updates stop`;

/** What the pull request's own configuration changes, by environment, and that it is valid. */
export function configurationText(preview: Preview, fit: Fit): string {
  const { configuration } = preview;
  if (configuration === undefined) return "";
  const closing = `${validText(configuration, preview)}\n\n`;
  const { effects } = configuration;
  const texts = [() => `${effectsTable(effects)}${closing}`, () => `${effectsTable(effects.slice(0, 5))}${closing}`];
  return firstThatFits([...texts, () => closing], fit);
}

function validText({ isRemoved }: ConfigurationEffect, { completeness, targets }: Preview): string {
  if (isRemoved) return `\`${file}\` is removed: ${removed}.`;
  const same = completeness.failed === 0 && targets.every(({ status }) => status === "unchanged");
  return `The file is valid.${same ? " Manifests do not change." : ""}`;
}

function effectsTable(effects: readonly EnvironmentEffect[]): string {
  const [only, ...others] = effects;
  if (only === undefined) return "";
  if (others.length === 0) return `${inert(effectText(only))}\n\n`;
  const rows = effects.map((one) => `| **${cell(inert(one.environment))}** | ${cell(inert(amounts(one)))} |\n`);
  return `| Where | After the merge |\n|---|---|\n${rows.join("")}\n`;
}

/** The same as plain sentences. */
export function configurationLines({ configuration }: Pick<Preview, "configuration">): readonly string[] {
  if (configuration === undefined) return [];
  if (configuration.isRemoved) return [`${file} is removed: ${removed}`];
  return configuration.effects.map(effectText);
}

function effectText(effect: EnvironmentEffect): string {
  const { environment, fewer, more, other } = effect;
  const be = (fewer.length || more.length || other.length) === 1 ? "is" : "are";
  return `After the merge${isEnvironment(environment) ? `, ${environment} has` : ` there ${be}`} ${amounts(effect)}.`;
}

/** `3 apps fewer: gateway, orders, webapp; 1 app more: billing`. */
function amounts({ more, fewer, other }: EnvironmentEffect): string {
  const part = (apps: readonly string[], what: string) =>
    apps.length === 0 ? [] : [`${count(apps.length, "app")} ${what}: ${commaList(apps, 6)}`];
  return [...part(fewer, "fewer"), ...part(more, "more"), ...part(other, "rendered differently")].join("; ");
}

/** `.sluice.yaml is valid: 3 apps in prod, staging, dev`, where nothing else is to be said. */
export function validTitles(configuration: ConfigurationEffect, marks: Marks): readonly (() => string)[] {
  const name = marks.name(file);
  if (configuration.isRemoved) return [() => `${name} is removed`];
  const named = configuration.environments.filter(isEnvironment);
  const apps = `${name} is valid: ${count(configuration.apps, "app")}`;
  return [
    ...(named.length === 0 ? [] : [() => `${apps} in ${named.join(", ")}`]),
    ...(named.length < 2 ? [] : [() => `${apps} in ${named.length} environments`]),
    () => apps,
  ];
}

/**
 * What the check says of the file: that it is valid, what matches no folder, how many apps there are then. `link` says
 * where the rest is.
 */
export function configurationPage({ configuration }: Preview, link: string): string {
  if (configuration === undefined || configuration.isRemoved) return "";
  const empty = configuration.effects.filter(({ after, before }) => after === 0 && before > 0);
  const lost = empty.map(
    (one) => `, and ${one.environment} ${one.isUnmatched ? "matches no folder" : "has no app then"}`,
  );
  const lines = configuration.effects.map((one) => `- **${inert(one.environment)}:** ${inert(countsText(one))}\n`);
  return `**The file is valid${inert(lost.join(""))}.** ${link}\n\n${lines.join("")}${lines.length > 0 ? "\n" : ""}`;
}

/** `3 apps → none (gateway, orders, webapp)`, `3 apps → 4 (billing is new)`. */
function countsText({ before, after, more, fewer, other }: EnvironmentEffect): string {
  const gone = fewer.length === 0 ? [] : [`${commaList(fewer, 6)}${after === 0 ? "" : be(fewer, "gone")}`];
  const fresh = more.length === 0 ? [] : [`${commaList(more, 6)}${be(more, "new")}`];
  const moved = other.length === 0 ? [] : [`${commaList(other, 6)}${be(other, "rendered differently")}`];
  const counts = before === after ? count(after, "app") : `${count(before, "app")} → ${after === 0 ? "none" : after}`;
  return `${before === 0 ? count(after, "app") : counts} (${[...gone, ...fresh, ...moved].join("; ")})`;
}

function be(apps: readonly string[], what: string): string {
  return ` ${apps.length === 1 ? "is" : "are"} ${what}`;
}
