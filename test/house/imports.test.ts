import { readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { JOB_TYPES, jobKind } from "../../src/model/job-kinds.ts";
import { importsOf, type SourceImport, sourceFiles } from "./support/source-imports.ts";

const src = join(import.meta.dirname, "../../src");
const sandbox = join(import.meta.dirname, "../../sandbox");

/**
 * What each folder of `src/` may import of ours, besides itself; see docs/ARCHITECTURE.md. Files at the top of `src/`
 * are the house's fuse box and doors.
 */
const rules = ["config", "discovery", "policy", "diff", "edit"];
const rooms = ["preview", "promote", "images", "reconcile"];
const edges = ["render", "sources", "git", "github", "kube", "registry", "prometheus", "state", "notify", "observe"];
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  ...Object.fromEntries(rules.map((folder) => [folder, ["model"]])),
  http: ["model"],
  ...Object.fromEntries(edges.map((folder) => [folder, ["model"]])),
  registry: ["model", "http"],
  sources: ["model", "http"],
  targets: ["model", ...rules],
  change: ["model", "targets", ...rules],
  ...Object.fromEntries(rooms.map((folder) => [folder, ["model", "change", "targets", ...rules]])),
  queue: ["model"],
  webhooks: ["model", "queue", "policy", ...rooms],
  web: ["model", "queue", ...rooms],
  cli: ["model", "queue", "sandbox", "wiring", "settings.ts", "main.ts", "change", "targets", ...rooms, ...rules],
  "index.ts": ["model", "webhooks"],
  "settings.ts": ["model", "settings"],
  settings: ["model", "config"],
  wiring: [
    "model",
    "settings.ts",
    "index.ts",
    "webhooks",
    "web",
    "queue",
    "change",
    "targets",
    ...rooms,
    ...rules,
    ...edges,
  ],
  "main.ts": ["model", "settings.ts", "wiring"],
  "cli.ts": ["cli"],
};

const ioModules =
  /^(node:)?(fs|fs\/promises|child_process|net|http|https|http2|dgram|tls|dns|cluster|worker_threads|sqlite|os|timers.*|process)$/;

interface Import extends SourceImport {
  readonly file: string;
}

function importsBy(path: string): readonly Import[] {
  return importsOf(path).map((one) => ({ ...one, file: relative(src, path) }));
}

const all = sourceFiles(src).flatMap(importsBy);

function roomOf(file: string): string {
  return file.split("/")[0] ?? "";
}

function targetOf({ file, specifier }: Import): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return roomOf(normalize(join(dirname(file), specifier)).replace(/^\.\.\//, ""));
}

/** What decides, and what acts through ports alone: everything but doors, the hall, edges and wiring. */
function isWithoutIo(file: string): boolean {
  return ["model", "targets", "change", ...rules, ...rooms].includes(roomOf(file));
}

/** Rooms may wait, in the folders that act. */
function mayWait({ file, specifier }: Import): boolean {
  return file.includes("/run/") && /^node:timers/.test(specifier);
}

describe("the house", () => {
  it("has a place in the plan for every folder and file at the top of src/", () => {
    const unknown = new Set(
      sourceFiles(src)
        .map((path) => roomOf(relative(src, path)))
        .filter((room) => !(room in mayImport)),
    );
    expect([...unknown]).toEqual([]);
  });

  it("imports downwards only, and never a sibling", () => {
    const uphill = all.filter((one) => {
      const from = roomOf(one.file);
      const to = targetOf(one);
      return to !== undefined && to !== from && !(mayImport[from] ?? []).includes(to);
    });
    expect(uphill.map((one) => `${one.file} imports ${one.specifier}`)).toEqual([]);
  });

  it("keeps ground, rules and rooms free of input, output, clocks and randomness", () => {
    const io = all.filter((one) => isWithoutIo(one.file) && ioModules.test(one.specifier) && !mayWait(one));
    expect(io.map((one) => `${one.file} imports ${one.specifier}`)).toEqual([]);
    const impure = sourceFiles(src).filter((path) => {
      if (!isWithoutIo(relative(src, path))) return false;
      return /\bDate\.now\b|\bnew Date\(\)|Math\.random\b|randomUUID\(|randomBytes\(|\bfetch\(|\bprocess\.(?:env|argv|cwd|std)/.test(
        readFileSync(path, "utf8"),
      );
    });
    expect(impure.map((path) => relative(src, path))).toEqual([]);
  });

  it("lets only the command line and the tests open the local GitHub", () => {
    const users = new Set(all.filter((one) => targetOf(one) === "sandbox").map((one) => roomOf(one.file)));
    expect([...users].filter((room) => room !== "cli")).toEqual([]);
  });

  it("lets the local GitHub import nothing of Sluice", () => {
    const outside = sourceFiles(sandbox)
      .flatMap(importsBy)
      .filter(({ file, specifier }) => {
        const path = normalize(join(dirname(join(src, file)), specifier));
        return specifier.startsWith(".") && relative(sandbox, path).startsWith("..");
      });
    expect(outside.map((one) => `${one.file} imports ${one.specifier}`)).toEqual([]);
  });

  it("keeps every file below 400 lines", () => {
    const long = sourceFiles(src).filter((path) => readFileSync(path, "utf8").split("\n").length > 400);
    expect(long.map((path) => relative(src, path))).toEqual([]);
  });

  it("names the kinds of jobs in one table: the hall and the wiring take what it says", () => {
    const names = JOB_TYPES.map((type) => `"${type}"`);
    const hall = sourceFiles(src).filter((path) => /^(queue|wiring)\//.test(relative(src, path)));
    const naming = hall.filter((path) => names.some((name) => readFileSync(path, "utf8").includes(name)));
    // The handlers are keyed by kind.
    expect(naming.map((path) => relative(src, path))).toEqual(["wiring/handlers.ts"]);
    const handlers = readFileSync(join(src, "wiring/handlers.ts"), "utf8");
    expect(JOB_TYPES.filter((type) => !handlers.includes(`${jobKind(type).handler}(`))).toEqual([]);
  });

  it("runs no shell", () => {
    const shells = sourceFiles(src).filter((path) =>
      /\bexecSync\b|\bexec\(|shell:\s*true/.test(readFileSync(path, "utf8").replaceAll(/\.exec\(/g, "")),
    );
    expect(shells.map((path) => relative(src, path))).toEqual([]);
  });
});
