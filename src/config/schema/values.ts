import { z } from "zod";
import { checkedText, parsedText, type Refusal } from "../values/checked-text.ts";
import { durationPattern, parseDuration } from "../values/durations.ts";
import { checkPlaceholders, checkTemplate, normalPath } from "../values/templates.ts";

const namePattern = "^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$";

function checkName(text: string): Refusal | undefined {
  if (new RegExp(namePattern).test(text)) return undefined;
  return {
    problem: "is not a name",
    fix: "Use up to 63 letters, digits, `.`, `_` and `-`, with a letter or digit at both ends.",
  };
}

function checkApp(text: string): Refusal | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the check refuses them
  if (text !== "" && text.length <= 200 && !/[/\u0000-\u001f\u007f\s]/.test(text)) return undefined;
  return { problem: "is not the name of an app", fix: "Use a name without spaces and slashes, such as `webapp`." };
}

function checkFilled(what: string): (text: string) => Refusal | undefined {
  return (text) => (text.trim() === "" ? { problem: "is empty", fix: `Write ${what} or delete the key.` } : undefined);
}

/** The name of an environment. */
export const nameSchema = checkedText(checkName, namePattern);

/** The name of an app. */
export const appSchema = checkedText(checkApp);

/** A path from the root of the repository, with `{app}` and `{environment}`, normalized. */
export const pathSchema = parsedText((text) => checkTemplate(text) ?? normalPath(text));

/** A path from the folder of a target; with `/` in front, from the root of the repository. Normalized. */
export const targetPathSchema = parsedText((text) => {
  if (text.startsWith("/")) return checkTemplate(text.slice(1)) ?? `/${normalPath(text)}`;
  const refusal = checkTemplate(text);
  if (refusal === undefined || !text.split("/").includes("..")) return refusal ?? normalPath(text);
  return { ...refusal, fix: "Begin with `/` for a path from the root of the repository: `/envs/{environment}.yaml`." };
});

/** A duration, in milliseconds after parsing. */
export const durationSchema = parsedText(parseDuration, durationPattern);

/** Text that is not blank. `what` names it in the fix. */
export function filledText(what: string) {
  return checkedText(checkFilled(what));
}

/** Text that is not blank, with `{app}` and `{environment}` and no other placeholder. */
export function templateText(what: string) {
  return checkedText((text) => checkFilled(what)(text) ?? checkPlaceholders(text));
}

/** A whole number from `min` to `max`. */
export function count(min: number, max: number) {
  return z.int().min(min).max(max);
}
