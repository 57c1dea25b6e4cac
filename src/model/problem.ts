import { clip } from "./text/lines.ts";
/** A path into the configuration: `["environments", 0, "gates", "soak"]`. */
export type KeyPath = readonly (string | number)[];

/** An error or warning about a configuration, with the fix. */
export interface ConfigProblem {
  readonly severity: "error" | "warning";
  /** What is wrong, with the offending value quoted. */
  readonly message: string;
  /** How to fix it; a sentence. */
  readonly fix: string;
  readonly file: string;
  /** Both count from 1; 1 and 1 if the problem has no place of its own. */
  readonly line: number;
  readonly column: number;
  /** Where in the configuration. */
  readonly path: KeyPath;
  /**
   * Set for what a preview tells in its own way: a path of an environment that matches no folder, an object of a
   * controller that does not render.
   */
  readonly code?: "unmatched-path" | "not-rendered";
}

/** A problem before it has a place in a file. `at` says whether the key or the value is wrong. */
export interface Remark {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly fix: string;
  readonly path: KeyPath;
  readonly at: "key" | "value";
  readonly code?: "unmatched-path";
}

/** Gives a remark its place in a file. */
export type Locate = (remark: Remark) => ConfigProblem;

/** An error remark about a value. */
export function wrong(path: KeyPath, message: string, fix: string): Remark {
  return { severity: "error", message, fix, path, at: "value" };
}

/** A warning about a value. */
export function doubtful(path: KeyPath, message: string, fix: string): Remark {
  return { severity: "warning", message, fix, path, at: "value" };
}

/** `environments[0].gates.soak`. */
export function pathText(path: KeyPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** A value as messages quote it: JSON, shortened. */
export function quoted(value: unknown): string {
  return clip(JSON.stringify(value) ?? String(value), 80);
}

/** A locator for when there is no text: every problem is at the top of `file`. */
export function nowhere(file: string): Locate {
  return ({ at: _, ...remark }) => ({ ...remark, file, line: 1, column: 1 });
}

/** Problems by their place in the file. */
export function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return a.line - b.line || a.column - b.column;
}
