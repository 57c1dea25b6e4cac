import { describe, expect, it } from "vitest";
import { chart, configMap, kustomization, previewOf } from "./support.ts";

const at = "charts/web/templates";
const config = (more = "") =>
  `version: 1\nenvironments: [{ name: prod, path: "charts/{app}", renderer: helm, helm: { releaseName: web${more} } }]\n`;
const base = { ...chart("charts/web"), [`${at}/cm.yaml`]: configMap("web", "1") };
const around = (condition: string) => `{{- if ${condition} }}\n${configMap("more", "1")}{{- end }}\n`;

describe("a branch of a chart that only the cluster takes", () => {
  it.each([
    ['lookup "v1" "Secret" "a" "b"', "lookup"],
    [".Release.IsUpgrade", ".Release.IsUpgrade"],
    ["not $.Release.IsInstall", ".Release.IsInstall"],
    ["gt .Release.Revision 1", ".Release.Revision"],
    ['.Capabilities.APIVersions.Has "acme.example/v1/Thing"', ".Capabilities.APIVersions"],
  ])("is told of where a changed template asks %s", async (condition, what) => {
    const file = `${at}/more.yaml`;
    const { preview, conclusion, findings } = await previewOf(
      base,
      { [file]: `# more\n${around(condition)}` },
      config(),
    );
    expect([findings, conclusion]).toEqual([["warning depends-on-cluster"], "neutral"]);
    expect(preview.findings).toMatchObject([
      {
        ...{ app: "web", environment: "prod", file, line: 2 },
        message: `web in prod depends on the cluster: what \`${what}\` decides in \`${file}\` is not rendered here.`,
      },
    ]);
  });

  it("is told of where only the base asks, and where a value does", async () => {
    const guarded = { ...base, [`${at}/more.yaml`]: around(".Release.IsUpgrade") };
    const gone = await previewOf(guarded, { [`${at}/more.yaml`]: undefined }, config());
    expect(gone.findings).toEqual(["warning depends-on-cluster"]);
    const value = { "charts/web/values.yaml": 'a: "{{ .Release.IsUpgrade }}"\n' };
    expect((await previewOf(base, value, config())).findings).toEqual(["warning depends-on-cluster"]);
  });

  it("is nothing where the configuration answers, in comments, and in files that do not change", async () => {
    const template = around('.Capabilities.APIVersions.Has "acme.example/v1"');
    const answered = config(', apiVersions: ["acme.example/v1"]');
    expect((await previewOf(base, { [`${at}/more.yaml`]: template }, answered)).findings).toEqual([]);
    const remark = { [`${at}/cm.yaml`]: `{{- /* no lookup */}}\n${configMap("web", "2")}# lookup\n` };
    expect((await previewOf({ ...base, [`${at}/more.yaml`]: template }, remark, config())).findings).toEqual([]);
  });

  it("is told of in a chart that a kustomization inflates, not in its own files", async () => {
    const charts = "helmGlobals: { chartHome: ../../charts }\nhelmCharts: [{ name: web, releaseName: web }]\n";
    const files = { ...base, "apps/web/kustomization.yaml": kustomization(["cm.yaml"], charts) };
    const own = { ...files, "apps/web/cm.yaml": configMap("own", "{{ lookup }}") };
    const layout =
      "version: 1\nenvironments: [{ name: prod, path: 'apps/{app}', kustomize: { loadRestrictor: none } }]\n";
    const inChart = await previewOf(own, { [`${at}/more.yaml`]: around(".Release.IsUpgrade") }, layout);
    expect(inChart.findings).toEqual(["warning depends-on-cluster"]);
    const beside = await previewOf(own, { "apps/web/cm.yaml": configMap("own", "{{ lookup 2 }}") }, layout);
    expect(beside.findings).toEqual([]);
  });
});
