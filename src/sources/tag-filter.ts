import { RE2JS } from "re2js";
import { UserError } from "../model/errors.ts";

/**
 * The tags that an expression in Go's syntax matches; all without one. An expression that is none is an `input`
 * UserError.
 */
export function matchingTags(tags: readonly string[], filter: string | undefined): readonly string[] {
  if (filter === undefined || filter === "") return tags;
  const expression = compile(filter);
  return tags.filter((tag) => expression.matcher(tag).find());
}

function compile(filter: string): RE2JS {
  try {
    return RE2JS.compile(filter.slice(0, 500));
  } catch (error) {
    throw new UserError("input", `${JSON.stringify(filter.slice(0, 100))} is no regular expression`, {
      cause: error,
      fix: "Correct the filter of tags.",
    });
  }
}
