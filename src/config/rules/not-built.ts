import { doubtful, type KeyPath, type Remark } from "../../model/problem.ts";
import { parseLeniently } from "./lenient-parse.ts";

const fix = "Keep it for later, or delete it: the changelog says when it works.";

/** What a right configuration has and Sluice does not do yet: said once for each key, where it first stands. */
export function notBuiltRemarks(value: unknown): readonly Remark[] {
  const { environments, overrides, notify } = parseLeniently(value);
  const places = [...environments, ...overrides].flatMap(({ raw, path }) =>
    typeof raw === "object" && raw !== null && "deploy" in raw ? [[...path, "deploy"] as KeyPath] : [],
  );
  return [
    ...remarkAt(places[0], "`deploy` is not built yet: Sluice checks these keys, but does not deploy"),
    ...remarkAt(notify.length > 0 ? ["notify"] : undefined, "`notify` is not built yet: Sluice sends no notifications"),
  ];
}

function remarkAt(path: KeyPath | undefined, message: string): readonly Remark[] {
  return path === undefined ? [] : [{ ...doubtful(path, message, fix), at: "key" }];
}
