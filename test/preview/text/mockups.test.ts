import { describe, expect, it } from "vitest";
import {
  lostAppsFinding,
  notFetchedFinding,
  previewCheck,
  previewComment,
  renderFailureFinding,
  suspendedFinding,
  targetRemovedFinding,
  unreadFilesFinding,
} from "../../../src/diff/index.ts";
import type { Preview } from "../../../src/model/preview.ts";
import { readResult } from "../../../src/preview/earlier-result.ts";
import { nextTry, outageReport } from "../../../src/preview/outage.ts";
import { forkReport } from "../../../src/preview/report.ts";
import { change, preview, target } from "../../diff/support.ts";
import { lintText } from "../../support/text-lint.ts";
import {
  at,
  bump,
  complete,
  fence,
  imageDiff,
  of,
  options,
  order,
  type Side,
  said,
  v1,
  visibleText,
  workload,
} from "./support.ts";

/** Every comment that a preview posts, built from manifests or values, by the name of its mock-up: shape and words. */
describe("the comment of a preview", () => {
  it("preview-one-line: the heading is the whole verdict", () => {
    expect(said(of([bump("shop/prod")]))).toEqual({
      text: `### shop in prod: 1.4.0 → 1.5.0\n\n**Deployment \`shop\`**\n\n${imageDiff}`,
      check: "success · shop in prod: 1.4.0 → 1.5.0",
    });
  });

  it("preview-shared-base: counts by environment, production first, equal diffs once", () => {
    const limits = (app: string, memory: string) =>
      `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${app} }\nspec: { template: { spec: { containers: [{ name: ${app}, image: "a:1", resources: { limits: { memory: ${memory} } } }] } } }\n`;
    const because = [["components/limits.yaml", "x"]];
    const side = (name: string, from: string, to: string, more = because): Side => {
      const app = name.split("/")[0] ?? "";
      return { name, base: limits(app, from), head: limits(app, to), more: { because: more } };
    };
    const apps = ["billing", "gateway", "search"];
    const alike = order.flatMap((environment) => apps.map((app) => side(`${app}/${environment}`, "256Mi", "512Mi")));
    const own = side("orders/prod", "512Mi", "1Gi", [...because, ["apps/orders/prod/limits.yaml", "x"]]);
    const { text, check } = said(of([...alike, own]), "checked 10 of 10");
    expect(check).toBe("success · 10 changes: 4 apps in prod, 3 in staging, 3 in dev");
    expect(text).toBe(`### 10 changes: 4 apps in prod, 3 in staging, 3 in dev

Restarts 10 workloads, 4 of them in prod. 9 changes are alike; **orders in prod differs**.

| Where | Change |
|---|---|
| **prod** · orders | memory limit \`512Mi\` → \`1Gi\` |
| **prod, staging, dev** · billing, gateway, search | memory limit \`256Mi\` → \`512Mi\` |

**Deployment \`orders\`** in prod

${fence("@@ spec.template.spec.containers[orders].resources.limits @@\n-memory: 512Mi\n+memory: 1Gi")}**Deployment** in the 9 others

${fence("@@ spec.template.spec.containers[…].resources.limits @@\n-memory: 256Mi\n+memory: 512Mi")}<details><summary>Why these 10</summary>

- \`components/limits.yaml\` is part of all 10
- \`apps/orders/prod/limits.yaml\` is part of orders in prod

</details>

`);
  });

  it("preview-danger: the gravest first, each once for all environments, with its fix and place", () => {
    const claim = v1(
      "PersistentVolumeClaim",
      "backup",
      `spec: { accessModes: [a], labels: { ${"x: y, ".repeat(1)}z: w } }`,
    );
    const job = `---\napiVersion: batch/v1\nkind: CronJob\nmetadata: { name: backup }\nspec:\n${Array.from({ length: 20 }, (_, index) => `  field${index}: ${index}`).join("\n")}\n`;
    const gone = (environment: string): Side => ({
      name: `orders/${environment}`,
      base: claim + job,
      head: "",
      file: "apps/orders/k.yaml",
    });
    const gateway: Side = {
      name: "gateway/prod",
      base: workload("gateway", "3.1.2", 1),
      head: workload("gateway", "latest", 1),
      file: "apps/gateway/values.yaml",
    };
    const { text, check } = said(
      of([...order.map(gone), gateway, { name: "shop/prod", base: "", head: "" }]),
      "checked 5 of 5, 1 stays the same",
    );
    expect(check).toBe("failure · Danger in prod: volume claim deleted (orders), and 1 warning");
    expect(text).toContain(
      `### 🔴 Danger in prod: volume claim deleted (orders), and 1 warning

> [!CAUTION]
> **orders loses the volume claim \`backup\` in prod, staging and dev.** Where pruning is on, the deploy deletes the claim. Its data goes too, unless the reclaim policy is \`Retain\`.
>
> **Fix:** keep the claim, or back up the data first.

> [!WARNING]
> **gateway in prod runs \`gateway:latest\`.** What starts depends on the registry at that moment, and a rollback may not bring the old image back.
>
> **Fix:** name a version. ${at("apps/gateway/values.yaml")}`,
    );
    expect(text).toContain(`| **prod, staging, dev** · orders | 2 resources removed · 🔴 danger |
| **prod** · gateway | \`3.1.2\` → \`latest\` · 🟠 warning |
`);
    expect(text).toContain("**Deployment `gateway`** in prod\n");
    expect(text).toContain(
      "<details><summary>PersistentVolumeClaim backup removed: prod, staging, dev (−10 each)</summary>",
    );
    expect(text).toContain(
      "<details><summary>CronJob backup removed of orders in prod, staging, dev (−25 each)</summary>",
    );
  });

  it("removed resources are one block where only labels have the environment's name", () => {
    const claim = (environment: string) =>
      `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: backup\n  namespace: ${environment}\n  labels: { app: orders, environment: ${environment} }\ndata: { a: b }\n`;
    const { body } = previewComment(
      of(order.map((name) => ({ name: `orders/${name}`, base: claim(name), head: workload("x", "1", 1) }))),
    );
    expect(body.match(/<summary>ConfigMap.*<\/summary>/g)).toEqual([
      "<summary>ConfigMap backup removed in prod, staging, dev (−10 each)</summary>",
    ]);
  });

  it("blocks of like risk stand production first", () => {
    const side = (environment: string): Side => ({
      name: `shop/${environment}`,
      base: v1("ConfigMap", "a", `data: { place: before }`),
      head: v1("ConfigMap", "a", `data: { place: in-${environment}, more: "${environment}", third: x }`),
    });
    const { body } = previewComment(of(order.map(side)));
    expect(body.match(/place: in-\w+/g)).toEqual(["place: in-prod", "place: in-staging", "place: in-dev"]);
  });

  it("a generated name is its stem, and new content", () => {
    const config = (hash: string, value: string) =>
      v1("ConfigMap", `webapp-config-${hash}`, `data: { mode: ${value} }`);
    const side = (environment: string, hash: string): Side => ({
      name: `webapp/${environment}`,
      base: config("2g4h6k8m9t", "slow"),
      head: config(hash, "fast"),
    });
    const given = of([side("prod", "2g4h6k8m9b"), side("dev", "2g4h6k8m9c")]);
    expect(previewCheck(given).title).toBe("webapp in prod, dev: ConfigMap webapp-config, new content");
    const { body } = previewComment(given);
    expect(body).toContain("**ConfigMap `webapp-config`** in prod, dev, new content\n\n```diff\n@@ data @@");
    expect(body).not.toContain("2g4h6k8m9");
  });

  it("names the app once that a changed file is part of, production first", () => {
    const because = [["apps/orders/base/k.yaml"]];
    const { body } = previewComment(
      of([...order.map((name) => bump(`orders/${name}`, { because })), bump("shop/prod"), bump("api/dev")]),
    );
    expect(body).toContain("- `apps/orders/base/k.yaml` is part of orders in prod, staging, dev\n");
  });

  it("does not repeat a tool's message that the finding says", () => {
    const failure = { kind: "input", message: "`scale-v2.yaml` is missing" } as const;
    const about = { app: "orders", environment: "prod" };
    const given = preview(
      [target("orders/prod", { status: "failed", error: { ...failure, side: "head", cause: "change" } })],
      {
        findings: [renderFailureFinding({ ...about, failure, cause: "change" })],
      },
    );
    const { body } = previewComment(given);
    expect(body).toContain("**`scale-v2.yaml` is missing.**");
    expect(body).not.toContain("Message of");
  });

  it("preview-warning: the same shape, one step calmer", () => {
    const side = {
      name: "shop/prod",
      base: workload("shop", "1", 3),
      head: workload("shop", "1", 0),
      file: "apps/shop/scale.yaml",
    };
    expect(said(of([side]))).toEqual({
      check: "neutral · Warning in prod: shop scaled to 0",
      text: `### 🟠 Warning in prod: shop scaled to 0

> [!WARNING]
> **shop has no pods left in prod.** Nothing serves its traffic after the deploy.
>
> **Fix:** set \`replicas\` above 0, or remove the app if nobody needs it. ${at("apps/shop/scale.yaml")}

**Deployment \`shop\`**

${fence("@@ spec @@\n-replicas: 3\n+replicas: 0")}`,
    });
  });

  it("preview-render-failed: our sentence, the file, then the tool's words; what did work is shown", () => {
    const failure = {
      kind: "input",
      message: '"apps/orders/scale-v2.yaml" is referenced but does not exist',
      file: "apps/orders/k.yaml",
      line: 7,
    } as const;
    const error = { message: failure.message, side: "head" } as const;
    const given = of(
      [
        {
          name: "orders/staging",
          base: workload("orders", "1", 2, "StatefulSet"),
          head: workload("orders", "1", 3, "StatefulSet"),
        },
        { name: "orders/prod", base: "", head: "", more: { status: "failed", error } },
      ],
      {
        findings: [
          renderFailureFinding({ app: "orders", environment: "prod", failure, cause: "change", near: "scale.yaml" }),
        ],
      },
    );
    expect(said(given, "**checked 1 of 2**")).toEqual({
      check: "failure · orders in prod cannot be rendered",
      text: `### ❌ orders in prod cannot be rendered

> [!CAUTION]
> **\`scale-v2.yaml\` is missing.** It is listed in ${at("apps/orders/k.yaml")}, so what this change does to orders in prod is unknown.
>
> **Fix:** add the file, or correct its name (\`scale.yaml\` is there).

| Where | Change |
|---|---|
| **prod** · orders | ❌ not rendered |
| **staging** · orders | replicas \`2\` → \`3\` |

<details><summary>Message of kustomize</summary>

\`\`\`text
"apps/orders/scale-v2.yaml" is referenced but does not exist
\`\`\`

</details>

**StatefulSet \`orders\`** in staging

${fence("@@ spec @@\n-replicas: 2\n+replicas: 3")}`,
    });
  });

  it("preview-remote-not-fetched: one sentence for one reference, never green", () => {
    const reference = {
      kind: "base" as const,
      ...{ reference: "github.com/acme/base?ref=v1.2.0", reason: "this server may not read from there" },
    };
    const side = (environment: string): Side => ({
      name: `monitoring/${environment}`,
      base: workload("grafana", "1", 2),
      head: workload("grafana", "1", 1),
    });
    const findings = ["staging", "prod"].map((environment) =>
      notFetchedFinding({ app: "monitoring", environment, reference }),
    );
    const given = of([side("staging"), side("prod")], {
      findings,
      completeness: { ...complete, affected: 2, rendered: 2, partial: 2, unpinned: [reference] },
    });
    const { text, check } = said(given, "**checked 2 of 2 in part**");
    expect(check).toBe("neutral · monitoring in prod, staging: 2 changes, 1 remote base unknown");
    expect(text.match(/Not fetched/g)).toHaveLength(1);
    expect(text).toContain(
      "> **Not fetched: the remote base `github.com/acme/base?ref=v1.2.0`.** This server may not read from there. Argo CD and Flux are not affected. What it adds is not compared.\n",
    );
  });

  /** A file that sends prod to a folder that is not there, and names one more app of dev. */
  const configurationChange = (): Preview => {
    const apps = ["gateway", "orders", "webapp"];
    const configuration = {
      ...{ isRemoved: false, apps: 4, environments: ["prod", "staging", "dev"] },
      effects: [
        { environment: "prod", before: 3, after: 0, more: [], fewer: apps, other: [], isUnmatched: true as const },
        { environment: "dev", before: 3, after: 4, more: ["billing"], fewer: [], other: [] },
      ],
    };
    const path = "apps/{app}/overlays/production";
    const cause = { path, before: "apps/{app}/overlays/prod", problem: { file: ".sluice.yaml", line: 7 } };
    const findings = [lostAppsFinding("prod", apps, 0, cause)];
    return of([], { findings, configuration, completeness: { ...complete, affected: 0, rendered: 0 } });
  };

  it("preview-config-change: judged by its effect", () => {
    const given = configurationChange();
    const { body } = previewComment(given, options);
    expect(lintText(body)).toEqual([]);
    expect(body).toBe(`### 🟠 Warning: prod loses all 3 apps with this \`.sluice.yaml\`

> [!WARNING]
> **\`apps/{app}/overlays/production\` matches no folder.** After the merge Sluice ignores prod: no previews, promotions or updates.
>
> **Fix:** did you mean \`apps/{app}/overlays/prod\`? ${at(".sluice.yaml")}

| Where | After the merge |
|---|---|
| **prod** | 3 apps fewer: gateway, orders, webapp |
| **dev** | 1 app more: billing |

The file is valid. Manifests do not change.

<sub>Compared with main's \`.sluice.yaml\` at [\`${given.base.slice(0, 7)}\`](https://hub.example/acme/ops/commit/${given.base}) · [configuration](https://docs.example/configuration)</sub>
`);
    const { conclusion, title } = previewCheck(given, options);
    expect(`${conclusion} · ${title}`).toBe("neutral · Warning: prod loses all 3 apps with this .sluice.yaml");
  });

  it("check-configuration: valid is not enough, the effect is what is reviewed", () => {
    const given = configurationChange();
    const check = previewCheck(given, { ...options, commentUrl: "https://hub.example/c" });
    expect(
      check.summary,
    ).toBe(`**The file is valid, and prod matches no folder.** The effect is in [the comment](https://hub.example/c).

- **prod:** 3 apps → none (gateway, orders, webapp)
- **dev:** 3 apps → 4 (billing is new)

`);
    const valid = { isRemoved: false, apps: 3, environments: ["prod", "staging", "dev"], effects: [] };
    const quiet = of([], { configuration: valid, completeness: { ...complete, affected: 0, rendered: 0 } });
    expect(previewCheck(quiet, options)).toMatchObject({
      ...{ conclusion: "success", title: ".sluice.yaml is valid: 3 apps in prod, staging, dev" },
      summary: expect.stringMatching(
        /^### `\.sluice\.yaml` is valid: 3 apps in prod, staging, dev\n\nThe file is valid\. Manifests do not change\.\n\n<sub>/,
      ),
    });
  });

  it("preview-broken-before: not this pull request's doing", () => {
    const failure = {
      kind: "input",
      message: '"apps/orders/scale-v2.yaml" is referenced but does not exist',
      file: "apps/orders/k.yaml",
      line: 7,
    } as const;
    const error = { message: failure.message, side: "head", cause: "before" } as const;
    const findings = [renderFailureFinding({ app: "orders", environment: "prod", failure, cause: "before" })];
    const broken = { name: "orders/prod", base: "", head: "", more: { status: "failed", error } } as const;
    const changed = {
      name: "orders/staging",
      base: workload("orders", "1", 2, "StatefulSet"),
      head: workload("orders", "1", 3, "StatefulSet"),
    };
    expect(said(of([changed, broken], { findings }), "**checked 1 of 2**")).toEqual({
      check: "neutral · Unknown: orders in prod is already broken on main",
      text: `### 🟠 Unknown: orders in prod is already broken on main

> [!WARNING]
> **orders in prod cannot be rendered, with or without this pull request.** \`scale-v2.yaml\` is missing; it is listed in ${at("apps/orders/k.yaml")}.
>
> **Fix:** repair it here or in a pull request of its own.

This pull request also changes orders in staging: replicas \`2\` → \`3\`.

**StatefulSet \`orders\`** in staging

${fence("@@ spec @@\n-replicas: 2\n+replicas: 3")}`,
    });
  });

  it("preview-not-covered: the headline is what was not looked at", () => {
    const file = "charts/redis-cache/values-prod.yaml";
    const findings = [unreadFilesFinding([file])];
    const href = `https://hub.example/acme/ops/blob/9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c/${file}`;
    expect(said(of([], { findings, completeness: { ...complete, affected: 0 } }), "")).toEqual({
      check: "neutral · Not checked: 1 changed file belongs to no known app",
      text: `### 🟠 Not checked: 1 changed file belongs to no known app

> [!WARNING]
> **[${file}](${href}) belongs to no app that Sluice knows.** If something deploys it, this change goes live unseen.
>
> **Fix:** add \`charts/redis-cache\` to \`.sluice.yaml\`. Not deployed from here? Add \`charts/redis-cache/**\` to \`preview.exclude\`.

No change in the 3 apps that Sluice knows (prod, staging, dev).

`,
    });
  });

  it("preview-nothing: two lines, and what the claim rests on", () => {
    const given = of([], { changedFiles: 2, completeness: { ...complete, affected: 0, rendered: 0 } });
    expect(said(given, "")).toEqual({
      check: "success · No change in prod, staging or dev",
      text: "### No change in prod, staging or dev\n\nNo app uses the 2 changed files. Sluice knows 3 apps in these environments.\n\n",
    });
  });

  it("preview-nothing-same-result: another claim, another sentence", () => {
    const given = of(order.map((environment) => ({ name: `shop/${environment}`, base: "", head: "" })));
    expect(said(given, "checked 3 of 3").text).toBe(
      "### No change in prod, staging or dev\n\nThe changed files belong to shop, but its manifests stay the same in all 3 environments.\n\n",
    );
  });

  it("preview-new-app: what starts; whole new resources are folded", () => {
    const rest = ["Service", "ServiceAccount", "ConfigMap"]
      .map((kind) => v1(kind, "billing", "data: { a: b, c: d }"))
      .join("");
    const { text, check } = said(
      of([{ name: "billing/staging", base: undefined, head: workload("billing", "0.3.0", 2) + rest }]),
    );
    expect(check).toBe("success · New in staging: app billing, 4 resources");
    expect(text).toContain(
      "### New in staging: app billing, 4 resources\n\nStarts 2 pods of `billing` `0.3.0`.\n\n<details><summary>4 new resources: ",
    );
    expect(text.match(/```diff/g)).toHaveLength(1);
  });

  it("preview-app-removed: one finding for the app, and the condition under which it goes", () => {
    const findings = [
      targetRemovedFinding({
        ...{ app: "billing", environment: "prod", resources: 2, path: "apps/billing/prod", claims: 0, pods: 2 },
      }),
    ];
    const given = of(
      [
        {
          name: "billing/prod",
          base: workload("billing", "0.3.0", 2) + v1("Service", "billing", "spec: {}"),
          head: undefined,
        },
      ],
      { findings },
    );
    const { text, check } = said(given);
    expect(check).toBe("neutral · Warning in prod: app billing is removed");
    expect(
      text,
    ).toContain(`> **All 2 resources of billing leave Git.** Where pruning is on, they are deleted and 2 pods stop. Else they stay, and nothing updates them any more. No volume claim is among them.
>
> **Fix:** if this is not meant, restore \`apps/billing/prod\`.
`);
  });

  it("preview-moved-folder: one move with its one real change", () => {
    const follower = { tool: "Argo CD Application", name: "shop" };
    expect(said(of([bump("shop/prod", { movedFrom: "apps/old", sameIdentities: 6, follower })]))).toEqual({
      check: "success · shop in prod: moved from apps/old, 1.4.0 → 1.5.0",
      text: `### shop in prod: moved from \`apps/old\`, 1.4.0 → 1.5.0\n\nAll 6 resources keep kind, name and namespace, so none is deleted or created. Argo CD Application \`shop\` follows: its \`path\` changes here too.\n\n**Deployment \`shop\`**\n\n${imageDiff}`,
    });
    expect(said(of([bump("shop/prod", { movedFrom: "apps/old", sameIdentities: 0 })])).text).not.toContain("deleted");
  });

  it("preview-renamed-resource: one change to a reader, two to a cluster", () => {
    const both = (name: string) =>
      `${workload(name, "1", 1).replaceAll(`/${name}:`, "/x:").replace(`{ name: ${name}, image`, "{ name: x, image")}${v1("Service", name, "spec: { ports: [80] }")}`;
    const map = (name: string) => v1("ConfigMap", name, "data: { a: b }");
    const { text, check } = said(
      of([
        {
          name: "shop/prod",
          base: both("shop") + map("shop-2g4h6k8m9t"),
          head: both("webapp") + map("webapp-2g4h6k8m9t"),
          file: "k.yaml",
        },
      ]),
    );
    expect(check).toBe("neutral · Warning in prod: 2 resources of shop renamed");
    expect(text).toContain(
      "> **Deployment and Service `shop` become `webapp`.** The cluster cannot rename: new ones are created, and the old ones are deleted where pruning is on. Whatever calls `http://shop` stops working.\n",
    );
    expect(text).toContain(
      "- **Deployment, Service:** `shop` → `webapp`, nothing else\n- **ConfigMap:** `shop-2g4h6k8m9t` → `webapp-2g4h6k8m9t`, a generated name, nothing else\n\n<details><summary>Diffs (+3 −3)</summary>\n\n```diff\n@@ Deployment metadata @@\n-name: shop\n+name: webapp\n@@ Service metadata @@\n",
    );
  });

  it("preview-leaves-namespace: a danger, told once for all resources", () => {
    const all = (namespace: string) =>
      ["Service", "ConfigMap"]
        .map((kind) => `---\napiVersion: v1\nkind: ${kind}\nmetadata: { name: web, namespace: ${namespace} }\n`)
        .join("");
    const { text, check } = said(
      of([{ name: "shop/prod", base: all("prod"), head: all("staging"), file: "prod/k.yaml" }]),
    );
    expect(check).toBe("failure · Danger in prod: shop leaves namespace prod");
    expect(
      text,
    ).toContain(`> **2 resources move from namespace \`prod\` to \`staging\`.** They are created in \`staging\`, over what is there. Where pruning is on, they are deleted from \`prod\`.
>
> **Fix:** set \`namespace: prod\` again. ${at("prod/k.yaml")}

**All 2 resources**

${fence("@@ metadata @@\n-namespace: prod\n+namespace: staging")}`);
  });

  it("preview-defined-twice: both files, and what the second copy changes", () => {
    const map = (mode: string) => v1("ConfigMap", "settings", `data: { mode: ${mode} }`);
    const given = of([{ name: "orders/prod", base: map("safe"), head: map("safe") + map("fast"), file: "a.yaml" }]);
    const two = { ...given, findings: given.findings.map((one) => ({ ...one, also: { file: "b.yaml", line: 7 } })) };
    expect(said(two)).toEqual({
      check: "neutral · Warning in prod: ConfigMap settings is defined twice",
      text: `### 🟠 Warning in prod: ConfigMap \`settings\` is defined twice

> [!WARNING]
> **orders in prod has two ConfigMaps named \`settings\`, and they differ.** Argo CD and \`kubectl\` keep the last one; kustomize refuses.
>
> **Fix:** remove one: ${at("a.yaml")} or ${at("b.yaml")}.

**ConfigMap \`settings\`**, first copy → second copy

${fence("@@ data @@\n-mode: safe\n+mode: fast")}`,
    });
  });

  it("preview-random-values: told after the diff, with their paths; no false alarm", () => {
    const random = [
      { resource: "Secret/core", path: "data.secretKey" },
      { resource: "Secret/core", path: "data.tls.crt" },
      { resource: "Deployment/core", path: "metadata.annotations.checksum/secret" },
    ];
    const side = {
      name: "harbor/prod",
      base: workload("core", "1", 2),
      head: workload("core", "1", 3),
      more: { random },
    };
    expect(said(of([side]))).toEqual({
      check: "success · harbor in prod: replicas 2 → 3",
      text: `### harbor in prod: replicas 2 → 3

**Deployment \`core\`**

${fence("@@ spec @@\n-replicas: 2\n+replicas: 3")}> [!NOTE]
> **3 values are not compared** as far as the chart makes new ones at every render: \`secretKey\` and \`tls.crt\` in Secret \`core\`, annotation \`checksum/secret\` in Deployment \`core\`. Each deploy may replace them; set them in the values to keep them.

`,
    });
  });

  it("preview-long-line: an excerpt around what differs, its position, the words", () => {
    const filler = Array.from({ length: 3000 }, (_, id) => `{"id":${id}}`).join(",");
    const board = (title: string) =>
      v1(
        "ConfigMap",
        "boards",
        `data: { queues.json: ${JSON.stringify(`[${filler},{"title":"${title}","h":8},${filler}]`)} }`,
      );
    const given = of([{ name: "grafana/prod", base: board("Quiet queue"), head: board("Loud backlog") }]);
    const { text, check } = said(given);
    expect(check).toBe("success · grafana in prod: ConfigMap boards changes");
    expect(text).toMatch(
      /^### grafana in prod: ConfigMap `boards` changes\n\n\*\*ConfigMap `boards`\*\*, key `queues\.json`: 1 place in a line of [\d,]+ characters, `Quiet queue` → `Loud backlog`\n\n```diff\n@@ data\.queues\.json, character [\d,]+ @@\n-… .{20,60}Quiet queue.{20,60} …\n\+… .{20,60}Loud backlog.{20,60} …\n```\n\n$/,
    );
    expect(previewComment(given, options).completeness.truncated).toBe(0);
  });

  it("preview-secret-rotated: that and where, never the value", () => {
    const secret = (value: string) => v1("Secret", "db", `stringData: { password: "<${value}>", user: "<u>" }`);
    const lead = "Values of Secrets are never shown; the same fingerprint means the same value · ";
    const reads = `---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: orders }\nspec: { template: { spec: { containers: [{ name: a, image: "a:1", envFrom: [{ secretRef: { name: db } }] }] } } }\n`;
    const side = { name: "orders/prod", base: secret("a") + reads, head: secret("b") + reads };
    const { text, check } = said(of([side]), "checked 1 of 1", lead);
    expect(check).toBe("success · orders in prod: Secret db changes");
    expect(text).toMatch(
      /^### orders in prod: Secret `db` changes\n\n`password` gets another value; `user` stays\. Nothing in this change restarts the pods that use it: StatefulSet `orders` reads it at start\.\n\n\*\*Secret `db`\*\*\n\n```diff\n@@ stringData @@\n-password: ‹hidden [0-9a-f]{8}›\n\+password: ‹hidden [0-9a-f]{8}›\n```\n\n$/,
    );
  });

  it("preview-chart-bump: what only repeats the version is counted, the rest is by kind", () => {
    const chart = (version: string, image: string) =>
      ["Service b", "Service c", "ClusterRole d", "ConfigMap e"]
        .map((text) => {
          const [kind, name] = text.split(" ");
          return `---\napiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name}, labels: { helm.sh/chart: mon-${version} } }\nspec: { a: b }\n`;
        })
        .join("") +
      `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: operator, labels: { helm.sh/chart: mon-${version} } }\nspec: { template: { spec: { containers: [{ name: x, image: "op:${image}" }] } } }\n`;
    const { text, check } = said(
      of([{ name: "monitoring/prod", base: chart("61.3.0", "v0.75.1"), head: chart("62.1.0", "v0.76.0") }]),
    );
    expect(check).toBe("success · monitoring in prod: chart 61.3.0 → 62.1.0, 5 resources");
    expect(text).toContain(`### monitoring in prod: chart 61.3.0 → 62.1.0, 5 resources

4 of the 5 resources change only in version labels. The other one:

- **1 Deployment:** operator \`v0.75.1\` → \`v0.76.0\`

**Shown here: 1 of 5 diffs**, the riskiest first. The other 4 are in the check.
`);
  });

  it("preview-version-drift: folded, after the diff, only what this pull request causes", () => {
    const field = { resource: "Deployment/shop", path: "spec.replicas", here: "5", there: "3" };
    const pair = {
      app: "shop",
      environment: "prod",
      from: "staging",
      versions: [],
      more: 0,
      byPullRequest: [],
      commits: [],
    };
    const side = { name: "shop/prod", base: workload("shop", "1", 3), head: workload("shop", "1", 5) };
    const { text } = said(of([side], { drift: { apart: [{ ...pair, fields: [field] }], unchecked: 0 } }));
    expect(text).toContain(
      "```\n\n<details><summary>prod and staging differ now: replicas 5 and 3</summary>\n\n- **shop in prod**\n  - `Deployment/shop` `spec.replicas`: `prod` gets `5`, `staging` has `3`\n",
    );
    const copied = { ...pair, fields: [field], copiedFile: "scale.yaml" };
    expect(said(of([side], { drift: { apart: [copied], unchecked: 0 } }))).toEqual({
      check: "success · shop in prod: replicas 3 → 5",
      text: `### shop in prod: replicas 3 → 5

**Deployment \`shop\`**

${fence("@@ spec @@\n-replicas: 3\n+replicas: 5")}<details><summary>prod and staging differ now: replicas 5 and 3</summary>

The strategy \`directory\` copies staging's files, so the next promotion sets prod back to 3. To keep 5, change staging too or add \`scale.yaml\` to \`promote.exclude\`.

</details>

`,
    });
    expect(said(of([side], { drift: { apart: [{ ...pair, fields: [] }], unchecked: 3 } })).text).not.toContain(
      "differ now",
    );
  });

  it("preview-huge: totals, the outliers, where the rest is; within its limit", () => {
    const lines = (app: number, sign: string) => Array.from({ length: 30 }, (_, index) => `${sign}k${index}: ${app}`);
    const map = (app: number) =>
      change(["@@ data @@", ...lines(app, "-"), ...lines(-app, "+")].join("\n"), {
        kind: "ConfigMap",
        name: `app${app}`,
      });
    const targets = Array.from({ length: 500 }, (_, app) =>
      ["staging", "prod"].map((environment) => target(`app${app}/${environment}`, { changes: [map(app)] })),
    ).flat();
    const given = preview(targets, { environments: order, apps: 500 });
    const { body, shown, omitted } = previewComment(given, options);
    expect(body.length).toBeLessThanOrEqual(60_000);
    expect(lintText(body)).toEqual([]);
    expect(body).toContain("### 1,000 changes: 500 apps in prod, 500 in staging\n");
    expect(body).toContain(`**Shown here: ${shown} of 1,000 diffs**, the riskiest first.`);
    expect([shown + omitted, omitted > 0]).toEqual([1000, true]);
  });

  it("preview-fork: what can be said without rendering, and the two ways on", () => {
    const render = { kind: "kustomize", path: "apps", options: {} } as const;
    const of = (app: string, environment: string) => ({ id: `${app}/${environment}`, app, environment, render });
    const report = forkReport(
      "9de4d83".padEnd(40, "0"),
      [of("shop", "prod"), of("shop", "staging")],
      "https://docs.example",
    );
    expect(report.comment).toBe(`### Not checked: pull request from a fork

It changes files of **shop** in prod and staging. Sluice does not render files from forks here, because that would run their templates.

**Next:** a maintainer reviews the files and pushes the branch to this repository; then Sluice checks it. Whoever runs Sluice can also [allow forks](https://docs.example/installation#3-settings).
`);
    expect(lintText(report.comment)).toEqual([]);
    const { conclusion, title } = report.check();
    expect(`${conclusion} · ${title}`).toBe("neutral · Not checked: pull request from a fork");
    const many = ["a", "b", "c", "d", "e"].map((app) => of(app, "prod"));
    expect(forkReport("9", many).comment).toContain(
      "files of **a** in prod, **b** in prod, **c** in prod and 2 more apps.",
    );
    expect(forkReport("9", []).comment).toContain("fork\n\nSluice does not render files");
  });

  it("preview-suspended: the diff is right, and still nothing will happen", () => {
    const about = { app: "shop", environment: "prod", object: "flux-system/shop", file: "clusters/prod/shop.yaml" };
    const findings = [suspendedFinding({ kind: "Kustomization", ...about, line: 7, alone: true })];
    expect(said(of([bump("shop/prod")], { findings }))).toEqual({
      check: "success · shop in prod: 1.4.0 → 1.5.0, Flux is suspended there",
      text: `### shop in prod: 1.4.0 → 1.5.0, Flux is suspended there

> [!NOTE]
> **Merging does not deploy this.** Flux \`Kustomization\` \`flux-system/shop\` has \`suspend: true\`. When it is resumed, this and every other waiting change go live together. ${at("clusters/prod/shop.yaml")}

**Deployment \`shop\`**

${imageDiff}`,
    });
    const two = findings.map((one) => ({
      ...one,
      ...suspendedFinding({ kind: "Kustomization", ...about, line: 7, alone: false }),
    }));
    const { text, check } = said(of([bump("shop/prod"), bump("shop/dev")], { findings: two }), "checked 2 of 2");
    expect(check).toBe("success · shop in prod, dev: 1.4.0 → 1.5.0");
    expect(text).toContain("> **Merging does not deploy shop in prod.** Flux ");
  });

  it("preview-outage: what failed, what Sluice does next, and that the old result is not the newest", () => {
    const now = Date.UTC(2026, 10, 29, 23, 12);
    const outage = { peer: "charts.example.com", asked: false, retryAfterMs: 0 };
    const earlier = { head: "46d6961".padEnd(40, "0"), text: "webapp in prod: 1.4.0 → 1.5.0 (+1 −1)" };
    const facts = { head: "9de4d83".padEnd(40, "0"), outage, triedMs: 12.5 * 60_000, now, earlier };
    const report = outageReport({ ...facts, nextAt: nextTry(outage, 0, now) });
    expect(visibleText(report.comment)).toBe(`### ❌ Not checked: charts.example.com did not answer

The newest commit, \`9de4d83\`, needs files from there; 12 min of trying. Sluice tries again at 23:27 UTC.

**Next:** wait, or comment \`/diff\` to try at once.

<details><summary>The result for the commit before, 46d6961</summary>

webapp in prod: 1.4.0 → 1.5.0 (+1 −1)

</details>
`);
    expect(lintText(report.comment)).toEqual([]);
    const { conclusion, title } = report.check();
    expect(`${conclusion} · ${title}`).toBe("failure · Not checked: charts.example.com did not answer");
    expect(readResult(report.comment)).toEqual(earlier);
  });

  it("older version: said with its sign", () => {
    const side = { name: "shop/prod", base: workload("shop", "1.5.1", 3), head: workload("shop", "1.5.0", 3) };
    expect(said(of([side])).text).toContain("### shop in prod: 1.5.1 → 1.5.0 ⬇️ older\n");
  });
});
