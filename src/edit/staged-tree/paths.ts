import { UserError } from "../../model/errors.ts";

/** Code points that some file systems ignore in names, so that `.g\u200cit` is `.git` to them. */
const ignored = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
/** `.git` in any case, with what some file systems drop from the end of a name, and its short name. */
const gitFolder = /^(?:\.git|git~1)[. ]*(?::.*)?$/i;

/**
 * The segments of a path that Git accepts in a tree; others (absolute, `..`, `.git`, empty segments, …) are `refused`
 * UserErrors.
 */
export function segmentsOf(path: string): readonly string[] {
  const segments = path.split("/");
  const reason = segments.map(reasonAgainst).find((found) => found !== undefined);
  if (reason === undefined && path.isWellFormed()) return segments;
  throw new UserError(
    "refused",
    `the path ${JSON.stringify(path)} cannot be written: ${reason ?? "not Unicode text"}`,
    {
      fix: "Name a file inside of the repository.",
    },
  );
}

function reasonAgainst(segment: string): string | undefined {
  if (segment === "") return "it is absolute, or has an empty part";
  if (segment.includes("\0")) return "it has a zero character";
  const parts = segment.replace(ignored, "").split("\\");
  if (parts.some((part) => part === "." || part === "..")) return "it has a part . or ..";
  return parts.some((part) => gitFolder.test(part)) ? "it has a part .git" : undefined;
}
