import { describe, expect, it } from "vitest";
import { findSettings } from "../../../src/edit/index.ts";
import { UserError } from "../../../src/model/errors.ts";
import type { Trace } from "../../../src/model/render.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { type MemoryEntry, memoryTree } from "../../support/memory-tree.ts";
import { lineOf } from "./support/repository.ts";

const plain: RenderSpec = { kind: "plain", path: "", options: {} };
const kustomize: RenderSpec = { kind: "kustomize", path: "app", options: {} };
const pod = (image: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n    - name: p\n      image: ${image}\n`;

/** Everything that is there was read, by itself or with the whole tree. */
async function found(spec: RenderSpec, files: Readonly<Record<string, MemoryEntry>>, read?: readonly string[]) {
  const tree = memoryTree(files);
  const trace: Trace =
    spec.kind === "kustomize"
      ? (read ?? Object.keys(files)).map((path) => [path, "file", "0"] as const)
      : [["", "tree", tree.oid]];
  return findSettings(spec, trace, tree);
}

describe("finding in hostile files", () => {
  it("tells of a file that is no YAML, with its line, and goes on", async () => {
    const { settings, problems } = await found(plain, { "a.yaml": "image: [\n  }\n", "b.yaml": pod("b:1") });
    expect(settings.map(lineOf)).toEqual(["manifest b b:1 | b.yaml:7"]);
    expect(problems).toMatchObject([{ file: "a.yaml", line: 2 }]);
  });

  it("tells of a file that is too large to be read", async () => {
    const large = new Uint8Array(11 * 1024 * 1024).fill(0x23);
    const { problems } = await found(plain, { "a.yaml": large });
    expect(problems).toMatchObject([{ file: "a.yaml" }]);
  });

  it("follows no link, and looks into no file that the render did not read", async () => {
    const files = {
      "app/kustomization.yaml":
        "resources: [read.yaml, link.yaml, unread.yaml, ../../outside.yaml, https://example.com/x]\n",
      "app/read.yaml": pod("read:1"),
      "app/unread.yaml": pod("unread:1"),
      "app/link.yaml": { link: "unread.yaml" },
    };
    const read = ["app/kustomization.yaml", "app/read.yaml", "app/link.yaml"];
    const { settings } = await found(kustomize, files, read);
    expect(settings.map(lineOf)).toEqual(["manifest read read:1 | app/read.yaml:7"]);
  });

  it("ends where kustomizations include each other", async () => {
    const { settings } = await found(kustomize, {
      "app/kustomization.yaml": "resources: [../other, p.yaml]\n",
      "app/p.yaml": pod("p:1"),
      "other/kustomization.yaml": "resources: [../app]\nimages: [{ name: p, newTag: '2' }]\n",
    });
    expect(settings.map(({ file }) => file)).toEqual(["app/p.yaml", "other/kustomization.yaml"]);
  });

  it("ends where inclusions multiply, and says so", async () => {
    const files: Record<string, string> = { "app/kustomization.yaml": "resources: [../l0a, ../l0b]\n" };
    for (let level = 0; level < 16; level += 1) {
      for (const side of ["a", "b"]) {
        files[`l${level}${side}/kustomization.yaml`] = `resources: [../l${level + 1}a, ../l${level + 1}b]\n`;
      }
    }
    const { problems } = await found(kustomize, files);
    expect(problems.map(({ message }) => message)).toContain("More than 2000 inclusions are not followed");
  });

  it("looks at a bounded number of values behind aliases", async () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 6; level += 1) {
      lines.push(
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(", ")}]`,
      );
    }
    const manifest = `apiVersion: example.com/v1\nkind: Bomb\nmetadata: { name: b, image: x }\n${lines.join("\n")}\n`;
    const { problems } = await found(plain, { "bomb.yaml": manifest });
    expect(problems).toMatchObject([{ file: "bomb.yaml" }]);
  });

  it("finds a bounded number of images, and says so", async () => {
    const manifest = `apiVersion: example.com/v1\nkind: Many\nlist:\n${"- image: x\n".repeat(20_010)}`;
    const { settings, problems } = await found(plain, { "a.yaml": manifest });
    expect(settings).toHaveLength(20_000);
    expect(problems.map(({ message }) => message)).toEqual(["The target has more than 20000 images"]);
  });

  it("reads keys that look like those of every object", async () => {
    const manifest = `${pod("p:1")}  __proto__:\n    image: q:1\n  constructor:\n    image: r:1\n`;
    const { settings } = await found(plain, { "a.yaml": manifest });
    expect(settings.map(({ subject }) => subject.name)).toEqual(["p", "q", "r"]);
  });

  it("marks what SOPS encrypted", async () => {
    const { settings } = await found(plain, { "a.yaml": `${pod("p:1")}sops: { mac: x }\n` });
    expect(settings.map(lineOf)).toEqual(["manifest p p:1 | a.yaml:7 (encrypted)"]);
  });
});

describe("a value that the configuration names", () => {
  const values =
    "app:\n  version: 1.0.0\n  full: ghcr.io/acme/app:1.0.0\n  list: [a]\nimage: { repository: web, tag: '1' }\n";
  const tree = memoryTree({ "chart/Chart.yaml": "name: c\n", "chart/values.yaml": values, "other.yaml": "a: 1\n" });
  const spec: RenderSpec = { kind: "helm", path: "chart", options: { releaseName: "r" } };
  const trace: Trace = [["chart", "tree", "0"]];
  const of = (...extra: readonly { file: string; key: string }[]) => findSettings(spec, trace, tree, { extra });

  it("is a setting, whatever it is called, and only once", async () => {
    const file = "chart/values.yaml";
    const { settings } = await of({ file, key: "app.version" }, { file, key: "app.full" }, { file, key: "image.tag" });
    expect(settings.map(lineOf)).toEqual([
      "values web 1 | chart/values.yaml:5",
      "values ? 1.0.0 | chart/values.yaml:2",
      "values-text ghcr.io/acme/app ghcr.io/acme/app:1.0.0 | chart/values.yaml:3",
    ]);
  });

  it("is a problem where it is not there, is no single value, or stands in a file that the target does not read", async () => {
    const { problems } = await of(
      { file: "chart/values.yaml", key: "app.list" },
      { file: "chart/values.yaml", key: "none" },
      { file: "other.yaml", key: "a" },
    );
    expect(problems.map(({ file, message }) => [file, message])).toEqual([
      ["chart/values.yaml", "There is no single value at `app.list`"],
      ["chart/values.yaml", "There is no single value at `none`"],
      ["other.yaml", "The configuration names this file, but the target's render does not read it"],
    ]);
  });

  it("must be a path", async () => {
    await expect(of({ file: "chart/values.yaml", key: "a..b" })).rejects.toThrow(UserError);
  });
});
