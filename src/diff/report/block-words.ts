import type { ResourceChange } from "../../model/preview.ts";
import { visible } from "../../model/text/lines.ts";
import { thousands } from "../../model/text/lists.ts";
import { inert } from "../../model/text/markdown.ts";
import { isEnvironment } from "../finding-words.ts";
import { hashSuffix } from "../generated-names.ts";
import type { Mark } from "./changes.ts";
import type { ChangeGroup, Member } from "./fold.ts";

/** What a block's words depend on besides its change. */
export interface BlockContext {
  /** Changed targets of the whole preview. */
  readonly targets: number;
  /** Changed apps of the whole preview. */
  readonly apps: number;
  /** Every target that another block shows. */
  readonly groups: number;
}

/** The members' names, each once. */
export function resourceNames(members: readonly Member[]): readonly string[] {
  return [...new Set(members.map(({ name }) => name))];
}

/** ` in prod`, ` of shop in prod, staging`, ` in the 13 others`; nothing where the whole preview is about one place. */
export function placesOf({ members }: ChangeGroup, { targets, apps, groups }: BlockContext): string {
  const places = new Set(members.map(({ target }) => target));
  if (targets <= 1) return "";
  const environments = [...new Set(members.map(({ environment }) => environment))].filter(isEnvironment);
  const own = [...new Set(members.map(({ app }) => app))].filter((app) => app !== "");
  if (own.length > 1 || environments.length > 4) {
    if (places.size === targets)
      return places.size === 2 ? " in both places" : ` in all ${thousands(places.size)} places`;
    return places.size > targets / 2 && groups > 1
      ? ` in the ${thousands(places.size)} others`
      : ` in ${thousands(places.size)} places`;
  }
  const named = apps > 1 ? own.filter((app) => !members.some(({ name }) => name.includes(app))) : [];
  return [...named.map((app) => ` of ${app}`), ...list(" in ", environments)].join("");
}

/** The same by the environments alone, `: prod, staging` of what is removed; nothing where these do not say it all. */
export function shortPlacesOf({ change, members }: ChangeGroup): string {
  const environments = [...new Set(members.map(({ environment }) => environment))].filter(isEnvironment);
  if (environments.length > 4 || members.length > environments.length) return "";
  return list(change.action === "removed" ? ": " : " in ", environments).join("");
}

/** `in prod, staging`; nothing of nothing. */
function list(lead: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${lead}${names.join(", ")}`];
}

/** `shop → webapp`, with what else tells them apart, and whether anything else changes. */
export function renamedText(change: ResourceChange, mark: Mark): string {
  const { from, kind, name, namespace, fields } = change;
  if (from === undefined) return "";
  const [before, after] = [`${inert(from.kind)} ${mark(from.name)}`, `${inert(kind)} ${mark(name)}`];
  const sameKind = from.name === name ? [] : [`${mark(from.name)} → ${mark(name)}`];
  const names = from.kind === kind ? sameKind : [`${before} → ${after}`];
  const place = (text: string) => (text === "" ? "none" : mark(text));
  const spaces = from.namespace === namespace ? [] : [`namespace ${place(from.namespace)} → ${place(namespace)}`];
  const generated = hashSuffix.test(name) && (kind === "ConfigMap" || kind === "Secret") ? ["a generated name"] : [];
  return `${[...names, ...spaces, ...generated].join(", ")}${fields?.length === 0 ? ", nothing else" : ""}`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Text for a `<summary>`, where Markdown is not read but HTML is, as are mentions, references and links. */
export function htmlText(text: string): string {
  return visible(text)
    .replace(/@|#(?=[0-9A-Za-z])|\bGH-(?=\d)|:(?=\/\/)|\bwww(?=\.)/gi, (sign) => `${sign}\u200B`)
    .replace(/[&<>]/g, (char) => entities[char] ?? char);
}
