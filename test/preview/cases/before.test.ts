import { describe, expect, it } from "vitest";
import {
  chart,
  configMap,
  deployment,
  fluxKustomization,
  kustomization,
  previewOf,
  scaled,
  service,
} from "./support.ts";

describe("what was broken before", () => {
  it("broken-before-kustomize: is told as such, and is no danger of the change", async () => {
    const { target, findings, failsOn, comment, conclusion } = await previewOf(
      {
        "apps/web/prod/kustomization.yaml": kustomization(["cm.yaml", "missing.yaml"]),
        "apps/web/prod/cm.yaml": configMap("web", "1"),
      },
      { "apps/web/prod/cm.yaml": configMap("web", "2") },
    );
    expect(target("web/prod")).toMatchObject({ status: "failed", error: { cause: "before" } });
    expect(findings).toEqual(["warning render-failed"]);
    expect(comment).toContain("with or without this pull request");
    expect([failsOn.warning, conclusion]).toEqual([true, "neutral"]);
  });

  it("broken-before-chart: so is a chart that wants values of which nothing is known", async () => {
    const { findings, failsOn, target } = await previewOf(
      {
        ...chart("charts/web"),
        "charts/web/templates/a.yaml": '{{ required "set .Values.host" .Values.host }}\n',
        "charts/web/templates/cm.yaml": configMap("web", "1"),
      },
      { "charts/web/templates/cm.yaml": configMap("web", "2") },
    );
    expect(target("web/default")).toMatchObject({ status: "failed" });
    expect(findings).toEqual(["warning render-failed"]);
    expect(failsOn.warning).toBe(true);
  });

  it("is a danger where the change breaks it", async () => {
    const { findings, conclusion } = await previewOf(
      {
        "apps/web/prod/kustomization.yaml": kustomization(["cm.yaml"]),
        "apps/web/prod/cm.yaml": configMap("web", "1"),
      },
      { "apps/web/prod/kustomization.yaml": kustomization(["cm.yaml", "missing.yaml"]) },
    );
    expect([findings, conclusion]).toEqual([["danger render-failed"], "failure"]);
  });

  it("makes nothing a danger that may have been there: the repaired target is not compared", async () => {
    const more = "          securityContext: { privileged: true }\n";
    const { findings } = await previewOf(
      {
        "apps/web/prod/kustomization.yaml": kustomization(["web.yaml", "missing.yaml"]),
        "apps/web/prod/web.yaml": deployment("web", { more }),
      },
      { "apps/web/prod/kustomization.yaml": kustomization(["web.yaml"]) },
    );
    expect(findings.filter((finding) => finding.startsWith("danger"))).toEqual([]);
  });
});

describe("targets that come and go", () => {
  it("gone-sibling-cluster: a folder beside another changes nothing about it", async () => {
    const at = (app: string) => ({
      [`components/${app}/production/east/kustomization.yaml`]: kustomization(["cm.yaml"]),
      [`components/${app}/production/east/cm.yaml`]: configMap(app, "1"),
    });
    const { targets, findings, failsOn } = await previewOf(at("hooks"), at("queue"));
    expect([targets, findings]).toEqual([{ "queue-east/production": "added" }, []]);
    expect(failsOn.warning).toBe(false);
  });

  it("gone-second-chart: neither name nor release of a chart depend on its neighbours", async () => {
    const at = (app: string) => ({
      ...chart(`${app}/api`),
      [`${app}/api/values-prod.yaml`]: "a: 1\n",
      [`${app}/api/templates/cm.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }}-${app} }\ndata: { a: b }\n`,
    });
    const { targets, findings } = await previewOf(at("shop"), at("mail"));
    expect([targets, findings]).toEqual([{ "mail-api/prod": "added" }, []]);
  });

  const parts = {
    "parts/web/kustomization.yaml": kustomization(["web.yaml"]),
    "parts/web/web.yaml": service("web"),
    "parts/mail/kustomization.yaml": kustomization(["mail.yaml"]),
    "parts/mail/mail.yaml": service("mail"),
  };

  it("root-base-dropped: a base that lost its last user is no new target", async () => {
    const stack = (...names: string[]) => kustomization(names, "namePrefix: acme-\n");
    const { targets, target } = await previewOf(
      { ...parts, "stacks/main/kustomization.yaml": stack("../../parts/web", "../../parts/mail") },
      { "stacks/main/kustomization.yaml": stack("../../parts/web") },
    );
    expect(targets).toEqual({ "main/default": "changed" });
    expect(target("main/default")?.changes).toMatchObject([{ action: "removed", name: "acme-mail" }]);
  });

  it("root-base-taken-up: one that found a user is not gone", async () => {
    const { targets, target, findings } = await previewOf(
      {
        ...parts,
        "parts/mail/kustomization.yaml": undefined,
        "stacks/main/kustomization.yaml": kustomization(["cm.yaml"]),
        "stacks/main/cm.yaml": configMap("main", "1"),
      },
      { "stacks/main/kustomization.yaml": kustomization(["cm.yaml", "../../parts/web"]) },
    );
    expect([targets, findings]).toEqual([{ "main/default": "changed" }, []]);
    expect(target("main/default")?.changes).toMatchObject([{ action: "added", name: "web" }]);
  });

  it("sees a folder that is really gone, and says what is not known of it", async () => {
    const { targets, preview } = await previewOf(
      {
        "apps/web/prod/kustomization.yaml": kustomization(["missing.yaml"]),
        "apps/api/prod/cm.yaml": configMap("api", "1"),
      },
      { "apps/web/prod/kustomization.yaml": undefined },
    );
    expect(targets).toEqual({ "web/prod": "removed" });
    const gone = preview.findings.find(({ id }) => id === "target-removed");
    expect(gone?.message).toContain("what it had could not be rendered");
  });
});

describe("a repository of Flux", () => {
  it("restrictor-flux-patch: patches outside the folder are read", async () => {
    const image = (tag: string) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [ { name: main, image: "ghcr.io/acme/web:${tag}" } ] } } }\n`;
    const live = "apps/web/prod/live";
    const { preview, failsOn } = await previewOf(
      {
        "clusters/prod/web.yaml": fluxKustomization("web", live),
        "apps/web/base/kustomization.yaml": kustomization(["web.yaml"]),
        "apps/web/base/web.yaml": deployment("web"),
        "apps/web/base/scale.yaml": scaled("web", 3),
        [`${live}/kustomization.yaml`]: kustomization(
          ["../../base"],
          "patches:\n  - path: ../../base/scale.yaml\n  - path: image.yaml\n",
        ),
        [`${live}/image.yaml`]: image("1.4.0"),
      },
      { [`${live}/image.yaml`]: image("1.5.0") },
    );
    const [changed] = preview.targets;
    expect(changed).toMatchObject({
      app: "web",
      environment: "prod",
      path: live,
      status: "changed",
      images: [{ from: "ghcr.io/acme/web:1.4.0", to: "ghcr.io/acme/web:1.5.0" }],
    });
    expect([preview.completeness.failed, failsOn.warning]).toEqual([0, false]);
  });

  it("restrictor-flux-generator: so are the files of generators", async () => {
    const at = "apps/shop/stg";
    const generator =
      "generatorOptions: { disableNameSuffixHash: true }\nconfigMapGenerator:\n  - name: shop\n    envs: [../../../shared/shop.env]\n";
    const { target, failsOn } = await previewOf(
      {
        "clusters/stg/shop.yaml": fluxKustomization("shop", at),
        "shared/shop.env": "MODE=calm\n",
        [`${at}/kustomization.yaml`]: kustomization(["svc.yaml"], generator),
        [`${at}/svc.yaml`]: service("shop"),
      },
      { "shared/shop.env": "MODE=busy\n" },
    );
    expect(target("shop/stg")?.changes).toMatchObject([{ action: "changed", name: "shop" }]);
    expect(failsOn.warning).toBe(false);
  });
});

describe("files that are no Kubernetes manifests", () => {
  const web = {
    "apps/web/prod/kustomization.yaml": kustomization(["svc.yaml"]),
    "apps/web/prod/svc.yaml": service("web"),
  };

  it("foreign-talos-patch: are no targets", async () => {
    const patch = (level: string) =>
      `cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          apiVersion: pod-security.admission.config.k8s.io/v1alpha1\n          kind: PodSecurityConfiguration\n          defaults: { enforce: ${level} }\n`;
    const { targets, findings, failsOn } = await previewOf(
      { ...web, "setup/talos/patches/admission.yaml": patch("baseline") },
      { "setup/talos/patches/admission.yaml": patch("restricted") },
    );
    expect([targets, findings, failsOn.warning]).toEqual([{}, [], false]);
  });

  it("foreign-ansible-and-jinja: nor are tasks and templates", async () => {
    const task = (name: string) =>
      `- name: make the namespace\n  kubernetes.core.k8s:\n    definition:\n      apiVersion: v1\n      kind: Namespace\n      metadata: { name: ${name} }\n`;
    const template = (label: string) =>
      `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {{ app_name }}\n{% if team %}\n  labels: { ${label}: {{ team }} }\n{% endif %}\n`;
    const { targets, findings, failsOn } = await previewOf(
      { ...web, "ansible/roles/web/tasks/main.yml": task("web"), "hack/new-app/templates/ns.yaml": template("team") },
      { "ansible/roles/web/tasks/main.yml": task("api"), "hack/new-app/templates/ns.yaml": template("group") },
    );
    expect([targets, findings, failsOn.warning]).toEqual([{}, [], false]);
  });
});
