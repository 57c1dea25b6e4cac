import { describe, expect, it } from "vitest";
import { previewText } from "../../src/cli/format/text.ts";
import { previewCheck, previewComment, previewJson } from "../../src/diff/index.ts";
import type { ChartChange } from "../../src/model/preview.ts";
import { change, finding, preview, target } from "./support.ts";

const options = { repositoryUrl: "https://github.com/acme/shop", baseName: "main" };
const podinfo: ChartChange = {
  ...{ name: "podinfo", from: "6.5.4", to: "6.6.0", app: { from: "6.5.4", to: "6.6.0" } },
  notes: ["added: a *bold* [link](https://evil.example) @everyone"],
  links: [{ title: "release of 6.6.0", url: "https://redirect.github.com/acme/charts/releases?q=podinfo-6.6.0" }],
};
const release = (environment: string) =>
  target(`podinfo/${environment}`, {
    ...{
      renderer: "helmrelease",
      path: "@sources/helm/podinfo",
      charts: [podinfo],
      chart: { from: "6.5.4", to: "6.6.0" },
    },
    declaration: {
      kind: "HelmRelease",
      namespace: "apps",
      name: "podinfo",
      file: `clusters/${environment}/podinfo.yaml`,
      line: 3,
    },
    destination: { cluster: environment, namespace: "apps" },
    changes: [change("@@ spec @@\n-replicas: 2\n+replicas: 3")],
  });
const body = (...args: Parameters<typeof preview>) => previewComment(preview(...args), options).body;

describe("what deploys a change", () => {
  it("is named with the chart's versions, links, what its makers say, and where it goes", () => {
    const text = body([release("prod")]);
    expect(text).toMatch(/^### podinfo in prod: chart 6\.5\.4 → 6\.6\.0, 1 resource\n/);
    expect(text).toContain(
      "Chart **podinfo** `6.5.4` → `6.6.0`, app `6.5.4` → `6.6.0` by Flux HelmRelease `apps/podinfo` in prod: [release of 6.6.0](https://redirect.github.com/acme/charts/releases?q=podinfo-6.6.0).\n",
    );
    expect(text).toContain("<details><summary>What its makers say of it: 1 line</summary>");
    expect(text).not.toMatch(/\[link\]\(https|\*bold\*|@everyone/);
    expect(text.trimEnd().split("\n").at(-1)).toContain(
      "Deployed by Flux HelmRelease `apps/podinfo` ([clusters/prod/podinfo.yaml:3](https://github.com/acme/shop/blob/9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c/clusters/prod/podinfo.yaml#L3)) to cluster `prod`, namespace `apps` · ",
    );
  });

  it("is a folded list where several places change, and a chart of several places stands once", () => {
    const text = body([release("prod"), release("staging")], { environments: ["staging", "prod"] });
    expect(text.match(/Chart \*\*podinfo\*\*/g)).toHaveLength(1);
    expect(text).toContain("by Flux HelmRelease `apps/podinfo` in prod, staging:");
    expect(text).toContain("<details><summary>What deploys these 2</summary>\n\n- podinfo in prod: Flux HelmRelease");
  });

  it("is in the JSON and on a terminal", () => {
    const given = preview([release("prod")]);
    expect(previewJson(given).targets[0]).toMatchObject({
      declaration: { kind: "HelmRelease", name: "podinfo" },
      destination: { cluster: "prod" },
      charts: [{ name: "podinfo", to: "6.6.0" }],
    });
    const text = previewText(given, { colours: false, all: false });
    expect(text).toContain(
      "chart podinfo 6.5.4 → 6.6.0, app 6.5.4 → 6.6.0: podinfo in prod  https://redirect.github.com/",
    );
    expect(text).toContain(
      "podinfo in prod: deployed by Flux HelmRelease apps/podinfo (clusters/prod/podinfo.yaml:3) to cluster prod, namespace apps\n",
    );
  });
});

describe("what moved and renders the same", () => {
  const moved = [
    { app: "webapp", environment: "prod", moves: [{ what: "path" as const, from: "apps/shop", to: "apps/web" }] },
  ];

  it("is the verdict where nothing else changes", () => {
    const given = preview([target("webapp/prod", { status: "unchanged" })], { moved });
    const text = previewComment(given, options).body;
    expect(text).toMatch(/^### webapp in prod moved, renders the same\n/);
    expect(text).toContain("webapp in prod moved and renders the same: folder `apps/shop` → `apps/web`.");
    expect(previewCheck(given).conclusion).toBe("success");
    expect(previewText(given, { colours: false, all: false })).toContain(
      "renders the same: folder apps/shop → apps/web",
    );
  });
});

describe("what nobody here can know", () => {
  it("keeps the check from green where targets come from something that is not rendered", () => {
    const { completeness } = preview([]);
    const given = preview([release("prod")], {
      findings: [finding({ id: "unknown-targets", severity: "warning" })],
      completeness: { ...completeness, targets: 13, affected: 13, rendered: 1, unknown: 12 },
    });
    expect(previewCheck(given).conclusion).toBe("neutral");
    expect(previewComment(given, options).body).toContain("**checked 1 of 13**");
  });

  it("is told of values and sources, once, and is neutral only where one side alone has a value", () => {
    const values = ["DOMAIN", "TOKEN"].map((reference) => ({
      reference,
      reason: "Secret/vars has it",
      kind: "value" as const,
    }));
    const moving = [{ reference: "https://github.com/acme/bases, branch main", revision: "0123abc" }];
    const { completeness } = preview([release("prod")]);
    const given = preview([release("prod")], { moving, completeness: { ...completeness, values } });
    const text = previewComment(given, options).body;
    expect(text).toContain(
      "Values that only the cluster knows, with placeholders on both sides: `DOMAIN` and `TOKEN` (Secret/vars has it).",
    );
    expect(text).toContain(
      "Not pinned, so it can change without a commit here: `https://github.com/acme/bases, branch main` (now `0123abc`).",
    );
    expect(previewCheck(given).conclusion).toBe("success");
    const fresh = preview([release("prod")], { completeness: { ...completeness, values, newValues: 1 } });
    expect(previewCheck(fresh).conclusion).toBe("neutral");
    expect(previewText(given, { colours: false, all: false })).toContain(
      "only the cluster knows  DOMAIN, TOKEN: Secret/vars has it",
    );
  });
});
