import { describe, expect, it } from "vitest";
import type { MemoryEntry } from "../../support/memory-tree.ts";
import { chart, configMap, deployment, kustomization, previewOf, scaled, service } from "./support.ts";

const never = /Nothing changes|nothing changes|No target reads/;

describe("a render that stops early", () => {
  it("green-remote-base-first: shows the local part and tells of the remote one", async () => {
    const at = "apps/web/overlays/prod";
    const remote = "https://github.com/acme/monitoring//manifests?ref=v2.3.0";
    const { target, preview, failsOn, comment, findings } = await previewOf(
      {
        [`${at}/kustomization.yaml`]: kustomization([remote, "web.yaml"], "patches:\n  - path: scale.yaml\n"),
        [`${at}/web.yaml`]: deployment("web"),
        [`${at}/scale.yaml`]: scaled("web", 5),
      },
      { [`${at}/scale.yaml`]: scaled("web", 0) },
    );
    expect(target("web/prod")).toMatchObject({ status: "changed", partial: true, replicas: [{ from: 5, to: 0 }] });
    expect(preview.completeness.unpinned.map(({ reference }) => reference)).toEqual([remote]);
    expect(preview.completeness).toMatchObject({ affected: 1, rendered: 1, failed: 0, partial: 1 });
    expect(findings).toContain("warning reference-not-fetched");
    expect(failsOn.warning).toBe(true);
    expect(comment).not.toMatch(never);
  });

  it("green-helmcharts-values: lists the target whose remote chart gets other values", async () => {
    const at = "apps/graphs/overlays/prod";
    const charts =
      "helmCharts:\n  - name: graphs\n    repo: https://charts.example.com\n    version: 8.8.2\n    valuesFile: values.yaml\n";
    const { target, preview, failsOn, comment, conclusion } = await previewOf(
      {
        [`${at}/kustomization.yaml`]: kustomization(["cm.yaml"], charts),
        [`${at}/cm.yaml`]: configMap("local", "1"),
        [`${at}/values.yaml`]: "replicas: 1\n",
      },
      { [`${at}/values.yaml`]: "replicas: 3\n" },
    );
    expect(target("graphs/prod")).toMatchObject({
      status: "failed",
      because: [[`${at}/values.yaml`, at]],
      error: { cause: "not-fetched" },
    });
    expect(preview.completeness.unpinned).toMatchObject([{ reference: "https://charts.example.com/graphs:8.8.2" }]);
    expect([failsOn.warning, conclusion]).toEqual([true, "neutral"]);
    expect(comment).not.toMatch(never);
  });

  it("green-file-outside-root: names the load restriction", async () => {
    const at = "apps/mail/overlays/prod";
    const privileged = "          securityContext: { privileged: true }\n";
    const { target, failsOn, comment } = await previewOf(
      {
        "common/banner.yaml": configMap("banner", "hello"),
        [`${at}/kustomization.yaml`]: kustomization(["../../../../common/banner.yaml", "mail.yaml"]),
        [`${at}/mail.yaml`]: deployment("mail"),
      },
      { [`${at}/mail.yaml`]: deployment("mail", { more: privileged }) },
    );
    expect(target("mail/prod")).toMatchObject({ status: "failed", error: { cause: "before" } });
    expect(target("mail/prod")?.error?.message).toContain("security; file");
    expect(failsOn).toEqual({ danger: true, warning: true });
    expect(comment).not.toMatch(never);
  });

  it("green-symlink: lists the target, and follows the link to what it names", async () => {
    const at = "apps/mail/overlays/prod";
    const base = {
      "common/banner.yaml": configMap("banner", "hello"),
      [`${at}/banner.yaml`]: { link: "../../../../common/banner.yaml" },
      [`${at}/kustomization.yaml`]: kustomization(["banner.yaml", "mail.yaml"]),
      [`${at}/mail.yaml`]: deployment("mail"),
    };
    const scaledDown = await previewOf(base, { [`${at}/mail.yaml`]: deployment("mail", { replicas: 0 }) });
    expect(scaledDown.targets).toEqual({ "mail/prod": "failed" });
    expect(scaledDown.failsOn.warning).toBe(true);
    expect(scaledDown.comment).not.toMatch(never);
    const behind = await previewOf(base, { "common/banner.yaml": configMap("banner", "bye") });
    expect(behind.targets).toMatchObject({ "mail/prod": "failed" });
  });

  it("green-unparsable-sibling: names the file", async () => {
    const at = "apps/jobs/overlays/prod";
    const { target, failsOn, comment } = await previewOf(
      {
        [`${at}/kustomization.yaml`]: kustomization(["first.yaml", "second.yaml"]),
        [`${at}/first.yaml`]: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: first\ndata:\n  a: 1\n b: 2\n",
        [`${at}/second.yaml`]: deployment("jobs"),
      },
      { [`${at}/second.yaml`]: deployment("jobs", { replicas: 0 }) },
    );
    expect(target("jobs/prod")).toMatchObject({ status: "failed", error: { file: `${at}/first.yaml` } });
    expect(failsOn.warning).toBe(true);
    expect(comment).not.toMatch(never);
  });

  it("is affected by what it names through other folders, and by nothing else", async () => {
    const base = {
      "apps/web/prod/kustomization.yaml": kustomization(["missing.yaml", "../base"]),
      "apps/web/base/kustomization.yaml": kustomization(["../../shared"]),
      "apps/shared/kustomization.yaml": kustomization(["cm.yaml"]),
      "apps/shared/cm.yaml": configMap("shared", "1"),
      "apps/other/prod/kustomization.yaml": kustomization(["cm.yaml"]),
      "apps/other/prod/cm.yaml": configMap("other", "1"),
    };
    const below = await previewOf(base, { "apps/shared/cm.yaml": configMap("shared", "2") });
    expect(below.targets).toMatchObject({ "web/prod": "failed" });
    const beside = await previewOf(base, { "apps/other/prod/cm.yaml": configMap("other", "2") });
    expect(beside.targets).toEqual({ "other/prod": "changed" });
  });

  it("follows a link that a path leads through, and one deep in a chart", async () => {
    const through = await previewOf(
      {
        "apps/web/prod/kustomization.yaml": kustomization(["../../linked/part"]),
        "apps/linked": { link: "../real" },
        "real/part/kustomization.yaml": kustomization(["cm.yaml"]),
        "real/part/cm.yaml": configMap("web", "1"),
      },
      { "real/part/cm.yaml": configMap("web", "2") },
    );
    expect(through.targets).toMatchObject({ "web/prod": "failed" });
    const deep = await previewOf(
      {
        ...chart("charts/web"),
        "charts/web/templates/more/cm.yaml": { link: "../../../../shared/cm.tpl" },
        "shared/cm.tpl": configMap("web", "1"),
      },
      { "shared/cm.tpl": configMap("web", "2") },
    );
    expect(deep.targets).toMatchObject({ "web/default": "failed" });
  });

  it("keeps the dependencies of a chart apart that are not in the repository", async () => {
    const dependency =
      "dependencies:\n  - name: cache\n    version: 1.2.3\n    repository: https://charts.example.com\n";
    const base = {
      ...chart("charts/web", "a: 1\ncache: { size: 1 }\n", dependency),
      "charts/web/templates/cm.yaml": `${configMap("web", "x").replace('"x"', "{{ .Values.a | quote }}")}`,
    };
    const local = await previewOf(base, { "charts/web/values.yaml": "a: 2\ncache: { size: 1 }\n" });
    expect(local.target("web/default")).toMatchObject({ status: "changed", partial: true });
    const remote = await previewOf(base, { "charts/web/values.yaml": "a: 1\ncache: { size: 2 }\n" });
    expect(remote.target("web/default")).toMatchObject({ status: "failed", error: { cause: "not-fetched" } });
    expect(remote.preview.completeness.unpinned).toMatchObject([
      { reference: "https://charts.example.com/cache:1.2.3" },
    ]);
  });

  it("says nothing of what came or went when one side has a reference that the other lacks", async () => {
    const at = "apps/web/prod";
    const remote = "https://github.com/acme/store//base?ref=v1.0.0";
    const claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec: {}\n";
    const { findings, target } = await previewOf(
      {
        [`${at}/kustomization.yaml`]: kustomization(["claim.yaml", "cm.yaml"]),
        [`${at}/claim.yaml`]: claim,
        [`${at}/cm.yaml`]: configMap("web", "1"),
      },
      { [`${at}/kustomization.yaml`]: kustomization([remote, "cm.yaml"]), [`${at}/claim.yaml`]: undefined },
    );
    expect(findings).toEqual(["warning reference-not-fetched"]);
    expect(target("web/prod")).toMatchObject({ status: "failed", changes: [] });
  });
});

describe("a guess", () => {
  it("guessed-default-values: says that the chart's values are not known, beside an Application of another repository", async () => {
    const ingress = (name: string) =>
      `{{- if .Values.ingress.enabled }}\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec: { defaultBackend: { service: { name: ${name}, port: { number: 80 } } } }\n{{- end }}\n`;
    const { comment, findings, conclusion } = await previewOf(
      {
        ...chart("charts/web", "ingress: { enabled: false }\n"),
        "charts/web/templates/ingress.yaml": ingress("web"),
        "charts/web/templates/svc.yaml": service("web"),
        "argocd/prod/web.yaml":
          "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: web }\nspec:\n  source:\n    repoURL: https://github.com/acme/config\n    path: charts/web\n    helm: { valuesObject: { ingress: { enabled: true } } }\n",
      },
      { "charts/web/templates/ingress.yaml": ingress("web-v2") },
    );
    expect(findings).toEqual(["warning reference-not-fetched", "warning guessed-values"]);
    expect(comment).toContain("`charts/web` was rendered with its default values alone");
    expect([conclusion, never.test(comment)]).toEqual(["neutral", false]);
  });

  it("guessed-file-per-environment: also of a file that the defaults do not read", async () => {
    const { comment, findings } = await previewOf(
      {
        ...chart("charts/boot", "env: none\n"),
        "charts/boot/templates/cm.yaml":
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: boot }\ndata: { version: {{ .Files.Get (printf "versions/%s" .Values.env) | quote }} }\n',
        "charts/boot/versions/none": "0.0.0",
        "charts/boot/versions/prod": "88.2.0",
      },
      { "charts/boot/versions/prod": "88.3.0" },
    );
    expect(findings).toEqual(["warning guessed-values"]);
    expect(comment).not.toMatch(never);
  });
});

describe("what no target covers", () => {
  const config = "version: 1\nenvironments:\n  - name: prod\n    path: apps/{app}/prod\n";
  const files = {
    "apps/web/prod/kustomization.yaml": kustomization(["cm.yaml"]),
    "apps/web/prod/cm.yaml": configMap("web", "1"),
    "extra/cm.yaml": configMap("extra", "1"),
    ...chart("charts/redis"),
    "charts/redis/values-prod.yaml": "a: 1\n",
    "README.md": "# Apps\n",
    "hack/compose.yaml": "services: {}\n",
  };

  it.each([["extra/cm.yaml"], ["charts/redis/values-prod.yaml"], ["charts/redis/Chart.yaml"]])(
    "tells of a change of %s",
    async (path) => {
      const { findings, comment, conclusion, preview } = await previewOf(
        files,
        { [path]: `${files[path as keyof typeof files]}b: 1\n` },
        config,
      );
      expect(findings).toEqual(["warning unread-files"]);
      expect(preview.completeness.unread).toEqual([path]);
      expect(comment).toContain(`**\`${path}\` belongs to no app that Sluice knows.** If`);
      expect([conclusion, never.test(comment)]).toEqual(["neutral", false]);
    },
  );

  const pod = "apiVersion: v1\nkind: Pod\nmetadata: { name: evil }\nspec: { containers: [] }\n";
  const plain = { "apps/web/prod/cm.yaml": configMap("web", "1"), "README.md": "# Apps\n" };

  it.each<readonly [what: string, path: string, entry: MemoryEntry]>([
    ["a manifest with a hidden name", "apps/web/prod/.evil.yaml", pod],
    ["a manifest in a hidden folder", "apps/web/prod/.more/evil.yaml", pod],
    ["a program that gives manifests", "apps/web/prod/evil.jsonnet", "{}"],
    ["a submodule", "apps/web/prod/more", { module: "1".repeat(40) }],
    ["a link to a folder", "apps/web/prod/more", { link: "../../../extra" }],
    ["a link to a manifest", "more/cm.yaml", { link: "../extra/cm.yaml" }],
    ["what Argo CD overrides", "apps/web/prod/.argocd-source.yaml", "kustomize: { images: [a=b] }\n"],
    ["what Argo CD overrides for one app", "apps/web/prod/.argocd-source-web.yaml", "kustomize: {}\n"],
    ["a target that is a link", "apps/api/prod", { link: "../../extra" }],
    ["a target that is a submodule", "apps/api/prod", { module: "1".repeat(40) }],
    ["a manifest that is too large to look into", "extra/pod.yaml", `# ${"x".repeat(600 * 1024)}\n${pod}`],
    ["a manifest in UTF-16", "extra/pod.yaml", Buffer.from(`\ufeff${pod}`, "utf16le")],
    ["a manifest that is emptied", "extra/cm.yaml", ""],
  ])("tells of %s", async (_, path, entry) => {
    const base = { ...plain, "extra/cm.yaml": configMap("extra", "1") };
    const { preview, findings, conclusion, comment } = await previewOf(base, { [path]: entry }, config);
    expect([findings, preview.completeness.unread]).toEqual([["warning unread-files"], [path]]);
    expect([conclusion, never.test(comment)]).toEqual(["neutral", false]);
  });

  it("tells of what Argo CD overrides in a chart too, and of a folder that becomes a link", async () => {
    const settings = "charts/web/.argocd-source.yaml";
    const overridden = await previewOf({ ...chart("charts/web") }, { [settings]: "helm: {}\n" });
    expect(overridden.preview.completeness.unread).toEqual([settings]);
    const linked = { "apps/web/prod": { link: "../../extra" }, "apps/web/prod/cm.yaml": undefined };
    const { preview } = await previewOf({ ...plain, "extra/cm.yaml": configMap("extra", "1") }, linked, config);
    expect(preview.completeness.unread).toEqual(["apps/web/prod"]);
  });

  it("does not tell of links to files that nothing deploys, nor of what a plain target is told to leave out", async () => {
    const told = `${config}    plain: { exclude: ["test.yaml"] }\n`;
    const added = { "docs.md": { link: "README.md" }, "apps/web/prod/test.yaml": pod, "apps/web/prod/note.txt": "hi" };
    const { findings, conclusion } = await previewOf(plain, added, told);
    expect([findings, conclusion]).toEqual([[], "success"]);
  });

  it("does not tell of other files, nor of those that the configuration excludes", async () => {
    const other = await previewOf(
      files,
      { "README.md": "# More\n", "hack/compose.yaml": "services: { a: {} }\n" },
      config,
    );
    expect([other.findings, other.conclusion]).toEqual([[], "success"]);
    const excluded = await previewOf(
      files,
      { "extra/cm.yaml": configMap("extra", "2") },
      `${config}preview: { exclude: ["extra/**"] }\n`,
    );
    expect(excluded.findings).toEqual([]);
  });

  it("tells of an environment that matches no folder", async () => {
    const two = `${config}  - name: live\n    path: sites/{app}/live\n`;
    const { findings, comment, conclusion } = await previewOf(files, { "README.md": "# More\n" }, two);
    expect(findings).toEqual(["warning environment-without-folder"]);
    expect([conclusion, never.test(comment)]).toEqual(["neutral", false]);
  });
});
