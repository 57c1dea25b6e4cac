import { doubtful, type KeyPath, type Remark } from "../../model/problem.ts";
import { parseLeniently } from "./lenient-parse.ts";

const fix = "Keep it for later, or delete it: the changelog says when it works.";

/** What a right configuration has and Sluice does not do yet: said once for each, where it first stands. */
export function notBuiltRemarks(value: unknown): readonly Remark[] {
  const { environments, overrides, notify } = parseLeniently(value);
  const deploys = [...environments, ...overrides].flatMap(({ raw, path }) => {
    const deploy = field(raw, "deploy");
    return deploy === undefined ? [] : [{ deploy, path: [...path, "deploy"] as KeyPath }];
  });
  const first = (holds: (deploy: unknown) => boolean) => deploys.find(({ deploy }) => holds(deploy))?.path;
  return [
    ...remarkAt(
      first((deploy) => field(deploy, "selfHeal") === true),
      "`selfHeal` is not built yet: Sluice corrects no drift",
    ),
    ...remarkAt(notify.length > 0 ? ["notify"] : undefined, "`notify` is not built yet: Sluice sends no notifications"),
  ];
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

function remarkAt(path: KeyPath | undefined, message: string): readonly Remark[] {
  return path === undefined ? [] : [{ ...doubtful(path, message, fix), at: "key" }];
}
