import { doubtful, type Remark } from "../../model/problem.ts";
import { parseLeniently } from "./lenient-parse.ts";

const fix = "Keep it for later, or delete it: the changelog says when it works.";

/** What a right configuration has and Sluice does not do yet: said once for each, where it first stands. */
export function notBuiltRemarks(value: unknown): readonly Remark[] {
  if (parseLeniently(value).notify.length === 0) return [];
  const message = "`notify` is not built yet: Sluice sends no notifications";
  return [{ ...doubtful(["notify"], message, fix), at: "key" }];
}
