import type { Finding, Severity } from "../../model/preview.ts";
import { commaList, thousands } from "../../model/text/lists.ts";
import { isEnvironment } from "../finding-words.ts";

/** `+3 −1`, with a real minus sign. */
export function plusMinus(added: number, removed: number): string {
  return (
    [added > 0 ? `+${thousands(added)}` : "", removed > 0 ? `−${thousands(removed)}` : ""]
      .filter((part) => part !== "")
      .join(" ") || "±0"
  );
}

/** What tells one target from another in keys: `app/environment`. */
export function targetName(target: Pick<Finding, "app" | "environment">): string {
  return [target.app, target.environment].filter((part) => part !== "").join("/");
}

/** `webapp in prod`; the app alone where nothing says where it is. */
export function subject({ app, environment }: Pick<Finding, "app" | "environment">): string {
  const name = app.trim() === "" ? "this repository" : app;
  return isEnvironment(environment) ? `${name} in ${environment}` : name;
}

/** ` in prod, staging`; nothing where no environment has a name, a number where there are many. */
export function inEnvironments(environments: readonly string[], max = 6): string {
  const named = environments.filter(isEnvironment);
  if (named.length === 0) return "";
  return named.length > max ? ` in ${thousands(named.length)} environments` : ` in ${named.join(", ")}`;
}

/** Names, the first few and how many more. */
export function nameList(names: readonly string[], shown = 6): string {
  // "and 1 more" would take as much room as the name.
  return commaList(names, names.length === shown + 1 ? names.length : shown);
}

/** The sign of a severity, which never stands without its word. */
export const severitySign: Readonly<Record<Severity, string>> = { danger: "🔴", warning: "🟠", notice: "" };
