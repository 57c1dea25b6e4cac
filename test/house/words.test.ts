import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Files and folders that are clean; a folder that is cleaned up joins the list. */
const places = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "docs/ARCHITECTURE.md",
  "docs/ci.md",
  "docs/cli.md",
  "docs/commands.md",
  "docs/configuration.md",
  "docs/deploy.md",
  "docs/events.md",
  "docs/images.md",
  "docs/installation.md",
  "docs/mutation.md",
  "docs/operations.md",
  "docs/preview.md",
  "docs/promotion.md",
  "docs/registries.md",
  "docs/security.md",
  "docs/server-settings.md",
  "sandbox",
  "schema/sluice.schema.json",
  "scripts/generate/config-example.ts",
  "scripts/generate/config-page.ts",
  "scripts/generate/server-settings-page.ts",
  "src/change",
  "src/cli",
  "src/config",
  "src/discovery",
  "src/git",
  "src/github",
  "src/edit",
  "src/images",
  "src/kube",
  "src/model",
  "src/observe",
  "src/preview",
  "src/prometheus",
  "src/promote",
  "src/queue",
  "src/reconcile",
  "src/registry",
  "src/render",
  "src/settings",
  "src/settings.ts",
  "src/state",
  "src/targets",
  "src/web",
  "src/webhooks/commands",
];

/** Old words, each with the word to use. */
const words: readonly (readonly [RegExp, string])[] = [
  [/\bmend(s|ed|ing)?\b/i, "fix"],
  [/\bmay be repeated\b/i, "idempotent"],
  [/\bdelivery log\b/i, "event log"],
  [/(?<!hook\/)\bdeliveries\b/i, "events; of GitHub's webhooks: webhooks"],
  [/\bscenes?\b/i, "repository context"],
  [/\bwish(es|ed)?\b/i, "request"],
  [/\bstrangers?\b/i, "other target, unverified sender"],
  [/\bshall\b/i, "should, must"],
  [/\banew\b/i, "again"],
  [/\btold (of|that)\b/i, "reported"],
  [/\btells? of\b/i, "reports"],
  [/\bunless said\b/i, "default"],
  [/\bwritten out\b/i, "literal"],
  [/\bstands? in (place|for)\b/i, "replaces"],
  [/\bbeyond what\b/i, "more than"],
  [/\bmost[A-Z]\w*\s*[=:,)]/, "max…"],
  [/\bnot concerned\b/i, "not affected"],
  [/\bsieve/i, "filter"],
  [/\bseal(s|ed|ing)?\b(?! secret)/i, "sign, signature"],
  [/\bMOST_/, "MAX_…"],
  [/\bhidden record/i, "metadata"],
];

/** Lines that explain old names, and the few where a word has its plain meaning. */
const allowed: readonly (readonly [string, RegExp])[] = [
  ["CHANGELOG.md", /The delivery log is the event log now|\/deliveries/],
  ["docs/events.md", /\/deliveries/],
  ["docs/installation.md", /requests the failed deliveries|Recent Deliveries/],
  ["src/change/signature.ts", /"sluice promotion seals"/],
  ["src/web/events/index.ts", /\/deliveries/],
  ["src/web/inbox.ts", /too many large deliveries at once/],
];

function filesIn(path: string): readonly string[] {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** Where GitHub's own word for its webhooks is the right one: beside its API, and in the sandbox that plays it. */
const gitHubs = { word: /deliveries/i, files: /^(sandbox|src\/github)\// } as const;

/** `path:line: old word, use …` for each old word in a file. */
function oldWords(path: string): readonly string[] {
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  return lines.flatMap((line, index) => {
    if (allowed.some(([file, explains]) => file === path && explains.test(line))) return [];
    return words.flatMap(([word, better]) => {
      const found = word.exec(line)?.[0];
      if (found !== undefined && gitHubs.word.test(found) && gitHubs.files.test(path)) return [];
      return found === undefined ? [] : [`${path}:${index + 1}: "${found}", use: ${better}`];
    });
  });
}

describe("the words of the house", () => {
  it.each(places)("%s has no old word", (place) => {
    expect(filesIn(place).flatMap((path) => oldWords(path))).toEqual([]);
  });

  it("are allowed only where they are", () => {
    const unused = allowed.filter(
      ([file, explains]) => !filesIn(file).some((path) => explains.test(readFileSync(join(root, path), "utf8"))),
    );
    expect(unused.map(([file, explains]) => `${file} ${explains}`)).toEqual([]);
  });
});
