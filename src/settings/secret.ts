import { dirname, resolve } from "node:path";
import { z } from "zod";
import { messageOf } from "../model/errors.ts";

/** Where the secrets are that a settings file refers to. */
export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Gives the text of a file; throws if it cannot. */
  readonly readFile: (path: string) => string;
  /** The settings file: paths in it are relative to its folder. */
  readonly file: string;
}

const reference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;
const fix = `Write \`$\{NAME}\` for an environment variable, or \`{ file: /path }\` for a file with the secret.`;

/**
 * Reads a reference to a secret, `${NAME}` or `{ file: /path }`, and trims the text of a file. A literal secret, a
 * variable that is not set and a file that cannot be read are issues, whose messages never quote a value.
 */
export function secretSchema(sources: SecretSources): z.ZodType<string, unknown> {
  const written = z.union([z.string(), z.strictObject({ file: z.string().min(1) })], {
    error: "must be a reference to a secret",
  });
  return written.transform((given, context) => {
    const found = typeof given === "string" ? fromEnvironment(given, sources) : fromFile(given.file, sources);
    if ("value" in found) return found.value;
    context.addIssue({ code: "custom", message: found.problem, params: { fix: found.fix } });
    return z.NEVER;
  });
}

type Found = { readonly value: string } | { readonly problem: string; readonly fix: string };

function fromEnvironment(text: string, { environment }: SecretSources): Found {
  const name = reference.exec(text)?.[1];
  if (name === undefined) return { problem: "contains the secret itself; write a reference to it", fix };
  const value = environment[name] ?? "";
  if (value !== "") return { value };
  return { problem: `needs the environment variable ${name}, which is not set`, fix: `Set ${name}.` };
}

function fromFile(path: string, { readFile, file }: SecretSources): Found {
  const place = resolve(dirname(file), path);
  try {
    const value = readFile(place).trim();
    if (value !== "") return { value };
    return { problem: `needs the file ${place}, which is empty`, fix: "Write the secret into it." };
  } catch (error) {
    return { problem: `needs the file ${place}, which cannot be read: ${messageOf(error)}`, fix };
  }
}
