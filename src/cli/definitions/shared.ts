/** `--repo`, as every command that reads a repository has it. */
export const REPO = {
  type: "string",
  value: "DIR",
  default: ".",
  description: "a folder in the git repository",
} as const;

/** `--format text|json`. */
export const FORMAT = {
  type: "string",
  choices: ["text", "json"],
  default: "text",
  description: "the output format",
} as const;

/** The same where `--json` is understood too. */
export const FORMAT_OR_JSON = { ...FORMAT, also: [{ name: "json", value: "json" }] } as const;

/** `--ref`, which was called `--base`. */
export const REF = {
  type: "string",
  value: "REF",
  default: "HEAD",
  description: "the commit to look at",
  also: [{ name: "base" }],
} as const;

/** `--write`. */
export const WRITE = {
  type: "boolean",
  description: "write the edited files into the work tree; nothing is committed",
} as const;
