import type { Refusal } from "./checked-text.ts";

const placeholders = new Set(["app", "environment"]);

function checkPath(text: string): Refusal | undefined {
  if (text.length > 1_000) return { problem: "is longer than 1000 characters", fix: "Shorten the path." };
  if (text === "" || text === ".") return undefined;
  if (text.startsWith("/") || text.includes("\\")) {
    return {
      problem: "is not a path from the root of the repository",
      fix: "Write it with `/` between names and none at the start.",
    };
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) return { problem: "has a control character in it", fix: "Take it out." };
  if (text.split("/").includes("..")) {
    return { problem: "leads out with `..`", fix: "Write the path from the root of the repository." };
  }
  const twice = text.split("/").find((name) => name.includes("*") && name.split("{app}").length > 2);
  if (twice === undefined) return undefined;
  return {
    problem: `has \`{app}\` twice and \`*\` in the one name \`${twice}\``,
    fix: "Write `{app}` once in it, or take the `*` out.",
  };
}

/** Why a text cannot be filled in; `undefined` when its placeholders are known ones. */
export function checkPlaceholders(text: string): Refusal | undefined {
  const unknown = [...text.matchAll(/\{([^{}]*)\}/g)]
    .map((match) => match[1] ?? "")
    .find((name) => !placeholders.has(name));
  if (unknown === undefined) return undefined;
  return {
    problem: `has the unknown placeholder "{${unknown}}"`,
    fix: "The placeholders are `{app}` and `{environment}`.",
  };
}

/** Why a path, pattern or file name of the configuration cannot be used; `undefined` when it can. Placeholders must be known ones. */
export function checkTemplate(text: string): Refusal | undefined {
  return checkPlaceholders(text) ?? checkPath(text);
}

/** A path without `./`, empty and trailing parts; `""` is the root of the repository. */
export function normalPath(text: string): string {
  return text
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

/** Puts names in the place of `{app}` and `{environment}`; a name that is not given stays a placeholder. */
export function fillTemplate(text: string, names: { readonly app?: string; readonly environment?: string }): string {
  return text
    .replaceAll("{app}", () => names.app ?? "{app}")
    .replaceAll("{environment}", () => names.environment ?? "{environment}");
}
