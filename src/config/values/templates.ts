import type { Refusal } from "./checked-text.ts";

const placeholders = new Set(["app", "environment"]);

function checkPath(text: string): Refusal | undefined {
  if (text.length > 1_000) return { problem: "is longer than 1000 characters", fix: "Shorten the path." };
  if (text === "" || text === ".") return undefined;
  if (text.startsWith("/") || text.includes("\\")) {
    return {
      problem: "is not a path from the root of the repository",
      fix: "Write `/` between names, but not at the start.",
    };
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the check looks for them
  if (/[\u0000-\u001f\u007f]/.test(text)) return { problem: "has a control character", fix: "Delete it." };
  if (text.split("/").includes("..")) {
    return { problem: "leads out with `..`", fix: "Write the path from the root of the repository." };
  }
  const twice = text.split("/").find((name) => name.includes("*") && name.split("{app}").length > 2);
  if (twice === undefined) return undefined;
  return {
    problem: `has \`{app}\` twice and \`*\` in the same name \`${twice}\``,
    fix: "Write `{app}` once in it, or delete the `*`.",
  };
}

/** Refuses text with unknown placeholders. */
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

/** Refuses a path, pattern or file name that cannot be used, or has unknown placeholders. */
export function checkTemplate(text: string): Refusal | undefined {
  return checkPlaceholders(text) ?? checkPath(text);
}

/** A path without `./`, double slashes and a slash at the end; `""` is the root of the repository. */
export function normalPath(text: string): string {
  return text
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

/** Replaces `{app}` and `{environment}` with names; a placeholder without a name stays. */
export function fillTemplate(text: string, names: { readonly app?: string; readonly environment?: string }): string {
  return text
    .replaceAll("{app}", () => names.app ?? "{app}")
    .replaceAll("{environment}", () => names.environment ?? "{environment}");
}
