import type { FindingWords } from "../model/preview.ts";
import { sentenceList, thousands } from "../model/text/lists.ts";
import { inTicks } from "../model/text/markdown.ts";

/** What a finding is about: one place of possibly many. */
export interface FindingPlace {
  readonly app: string;
  readonly environment: string;
  readonly name: string | undefined;
}

/** The phrases of a finding, its blanks filled in. */
export interface FilledWords {
  readonly short: string;
  readonly message: string;
  /** The message where the apps and the environments stand before it: `Loses the volume claim …`. */
  readonly predicate?: string;
  readonly fix: string | undefined;
}

const maxApps = 3;
const maxNames = 3;

/** What phrases depend on besides their places. */
export interface FillOptions {
  /** The command that says that it is meant; left out where there is nobody to say it to. */
  readonly ack?: string | undefined;
  /** The branch that is merged into. */
  readonly baseName?: string | undefined;
  /** The text stands below a heading that names the place. */
  readonly isPlaced?: boolean;
}

/** Fills the blanks for these places; environments stand in the order in which they are given. */
export function fillWords(
  words: FindingWords,
  places: readonly FindingPlace[],
  { ack, baseName = "the base branch", isPlaced = false }: FillOptions = {},
): FilledWords {
  const apps = distinct(places.map(({ app }) => app));
  const environments = distinct(places.map(({ environment }) => environment)).filter(isEnvironment);
  const names = distinct(places.flatMap(({ name }) => (name === undefined ? [] : [name])));
  const fill = (text: string): string =>
    text
      .replaceAll("{owner}", () => verbatim(ownerText(words, apps, names)))
      .replaceAll("{app}", () => verbatim(appsText(apps)))
      .replaceAll("{there}", () => (isPlaced && environments.length === 1 ? "" : verbatim(whereText(environments))))
      .replaceAll("{where}", () => verbatim(whereText(environments)))
      .replaceAll("{base}", () => verbatim(baseName))
      .replaceAll("{resource}", () => verbatim(resourceText(words.noun ?? "resource", names)))
      .replaceAll("{ack}", ack === undefined ? "first" : `and comment ${inTicks(ack)}`)
      .replaceAll(/\{(#?)([^{}|]*)\|([^{}|]*)\}/g, (_, resources: string, one: string, more: string) =>
        (resources === "" ? apps : names).length > 1 ? more : one,
      )
      .replaceAll(open, "{")
      .replaceAll(close, "}");
  return {
    short: fill(words.short),
    message: fill(words.message),
    ...predicateOf(words, fill),
    fix: words.fix === undefined ? undefined : fill(words.fix),
  };
}

function predicateOf({ message }: FindingWords, fill: (text: string) => string): Pick<FilledWords, "predicate"> {
  if (!message.startsWith("{app}")) return {};
  const text = fill(message.replace("{app}", "").replace("{where}", "")).trimStart();
  return { predicate: `${text.charAt(0).toUpperCase()}${text.slice(1)}` };
}

/** Two characters of no script, which stand for braces that are no blanks. */
const [open, close] = ["\u{e000}", "\u{e001}"];

/** A text of others in a phrase: its braces are no blanks. */
export function verbatim(text: string): string {
  return text.replaceAll("{", open).replaceAll("}", close);
}

/** Whether the name says where something is deployed; `default` is what stands for none. */
export function isEnvironment(name: string): boolean {
  return name.trim() !== "" && name !== "default";
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function appsText(apps: readonly string[]): string {
  const named = apps.filter((app) => app !== "");
  if (named.length === 0) return "this repository";
  return named.length > maxApps ? `${thousands(named.length)} apps` : sentenceList(named);
}

/** A resource that is called as its app stands for it. */
function ownerText({ noun = "resource" }: FindingWords, apps: readonly string[], names: readonly string[]): string {
  const same = names.length === 1 && apps.length === 1 && names[0] === apps[0];
  return same ? appsText(apps) : `${resourceText(noun, names)} of ${appsText(apps)}`;
}

function whereText(environments: readonly string[]): string {
  if (environments.length === 0) return "";
  return environments.length > 6 ? ` in ${environments.length} environments` : ` in ${sentenceList(environments)}`;
}

function resourceText(noun: string, names: readonly string[]): string {
  if (names.length > maxNames) return `${thousands(names.length)} ${plural(noun)}`;
  return `${names.length > 1 ? plural(noun) : noun} ${sentenceList(names.map(inTicks))}`.trimEnd();
}

/** More than one of a kind of Kubernetes, or of another noun. */
export function plural(noun: string): string {
  if (/(?:s|x|ch|sh)$/.test(noun)) return `${noun}es`;
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
