import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseConfig } from "../../src/config/index.ts";
import { rules } from "../../src/diff/findings/index.ts";
import { GATES } from "../../src/model/gates.ts";
import { JOB_TYPES } from "../../src/model/job-kinds.ts";
import { readServerFile } from "../../src/settings/file.ts";

const root = join(import.meta.dirname, "../..");
const pages = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "examples/gitops/README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

const appSchema = z.object({
  default_permissions: z.record(z.string(), z.string()),
  default_events: z.array(z.string()),
});

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The anchors that GitHub gives a page's headings. */
function anchorsOf(page: string): readonly string[] {
  const seen = new Map<string, number>();
  return [...withoutCode(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
    const plain = heading.replaceAll(/\]\([^)]*\)/g, "").toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

function withoutCode(page: string): string {
  return page.replaceAll(/^```[\s\S]*?^```$/gm, "");
}

/** Every link to something of this repository: the page's own path for `#…`. */
function linksOf(path: string): readonly { readonly file: string; readonly anchor: string | undefined }[] {
  const links = withoutCode(read(path)).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
  return [...links].map(([, file = "", anchor]) => ({
    file: file === "" ? path : normalize(join(dirname(path), file)),
    anchor,
  }));
}

/** The fenced blocks of one language. */
function blocksOf(path: string, language: string): readonly string[] {
  const blocks = read(path).matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"));
  return [...blocks].map(([, text = ""]) => text);
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

describe("the documentation", () => {
  it("explains every finding", () => {
    const page = read("docs/preview.md");
    expect(rules.map(({ id }) => id).filter((id) => !page.includes(`\`${id}\``))).toEqual([]);
  });

  it("explains every gate in the order in which people read them", () => {
    const section = /^## Gates$([\s\S]*?)^##/m.exec(read("docs/promotion.md"))?.[1] ?? "";
    expect([...section.matchAll(/^\| `(\w+)` \| /gm)].flatMap(([, gate = ""]) => gate)).toEqual([...GATES]);
  });

  it("explains every kind of job, in the table's order", () => {
    const section = /^### Jobs$([\s\S]*?)^#/m.exec(read("docs/ARCHITECTURE.md"))?.[1] ?? "";
    expect([...section.matchAll(/^\| `([\w-]+)` \| /gm)].flatMap(([, kind = ""]) => kind)).toEqual(JOB_TYPES);
  });

  it("names every permission and event that the App asks for beside what previews need", () => {
    const manifest: unknown = parse(read("app.yml"));
    const asked = JSON.stringify(manifest);
    const named = [
      "contents",
      "deployments",
      "members",
      "statuses",
      "deployment_status",
      "pull_request_review",
      "push",
    ];
    expect(named.filter((one) => !asked.includes(`"${one}"`))).toEqual([]);
    const page = `${read("docs/installation.md")}${read("CHANGELOG.md")}`;
    expect(named.filter((one) => !page.includes(`\`${one}`))).toEqual([]);
  });

  it("gives the address that fills in GitHub's form with what app.yml asks for", () => {
    const [address = ""] = blocksOf("docs/installation.md", "text").filter((text) =>
      text.includes("/settings/apps/new"),
    );
    const { searchParams: asked } = new URL(address.trim());
    const { default_permissions: permissions, default_events: events } = appSchema.parse(parse(read("app.yml")));
    expect(asked.getAll("events[]")).toEqual(events);
    const others = ["name", "url", "public", "webhook_active", "webhook_url", "events[]"];
    expect(Object.fromEntries([...asked].filter(([name]) => !others.includes(name)))).toEqual(permissions);
    expect(asked.get("webhook_url")).toBe("https://HOST/api/github/webhooks");
  });

  it.each(pages)("%s links only to what exists", (page) => {
    const missing = linksOf(page).filter(({ file }) => !existsSync(join(root, file)));
    expect(missing).toEqual([]);
  });

  it.each(pages)("%s links only to headings that exist", (page) => {
    const missing = linksOf(page).filter(
      ({ file, anchor }) => anchor !== undefined && file.endsWith(".md") && !anchorsOf(read(file)).includes(anchor),
    );
    expect(missing).toEqual([]);
  });

  it.each(pages)("%s shows configurations that are valid", (page) => {
    const shown = blocksOf(page, "yaml").filter((text) => /^version: 1$/m.test(text));
    expect(shown.flatMap((text) => problemsOf(text))).toEqual([]);
  });

  it.each(pages)("%s shows server settings that are valid", (page) => {
    const ofServers = (text: string) => /^(?:hooks|registries|clusters):$/m.test(text) && !/^version: 1$/m.test(text);
    const shown = blocksOf(page, "yaml").filter(ofServers);
    expect(shown.flatMap((text) => serverProblemsOf(text))).toEqual([]);
  });

  it("quotes refusals in the words of the code", () => {
    const section = /^### What is refused$([\s\S]*?)^#/m.exec(read("docs/promotion.md"))?.[1] ?? "";
    const quoted = [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text),
    );
    expect(quoted.length).toBeGreaterThan(8);
    const code = ["promote", "change", "edit"].flatMap((folder) => sources(join(root, "src", folder))).join("\n");
    expect(quoted.filter((text) => !code.includes(text))).toEqual([]);
  });

  it("quotes what may be wrong at a first deploy in the words of the code", () => {
    const section = /^## Set up$([\s\S]*?)^## /m.exec(read("docs/deploy.md"))?.[1] ?? "";
    const quoted = [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text),
    );
    expect(quoted.length).toBeGreaterThan(7);
    const code = ["reconcile", "kube"].flatMap((folder) => sources(join(root, "src", folder))).join("\n");
    // What stands for a name is another text in the code.
    const parts = quoted.flatMap((text) => text.split(/staging|acme\/shop|…/)).filter((text) => text.trim() !== "");
    expect(parts.filter((text) => !code.includes(text.trim()))).toEqual([]);
  });
});

function problemsOf(text: string): readonly string[] {
  const parsed = parseConfig(text, ".sluice.yaml");
  const problems = parsed.ok ? parsed.warnings : parsed.problems;
  // Some keys are shown that are checked and not carried out yet: the page says so where it explains them.
  return problems
    .filter(({ message }) => !message.includes("is not built yet"))
    .map(({ line, message }) => `${line}: ${message}`);
}

/** Every secret that they refer to is there. */
function serverProblemsOf(text: string): readonly string[] {
  const file = "/etc/sluice/sluice.server.yaml";
  const secret = "a-secret-of-enough-characters";
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => name);
  const environment = Object.fromEntries(names.map((name) => [name, secret]));
  const read = readServerFile(text, { file, environment, readFile: () => secret });
  return read.ok ? [] : read.problems.map(({ line, message }) => `${line}: ${message}`);
}
