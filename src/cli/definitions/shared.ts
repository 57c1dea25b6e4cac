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

/** `--json`. */
export const JSON_OUTPUT = { type: "boolean", description: "print JSON" } as const;

/** `--write`. */
export const WRITE = {
  type: "boolean",
  description: "write the edited files into the work tree; nothing is committed",
} as const;
