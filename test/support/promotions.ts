import { deployment } from "./gitops.ts";

/** One kustomize app in staging and prod, the version set in each overlay; prod is gated. */
export function promotionFiles(gates = "approvals: 1\n      soak: 30m"): Record<string, string> {
  return {
    ".sluice.yaml": `version: 1
environments:
  - name: staging
    path: apps/{app}/overlays/staging
  - name: prod
    path: apps/{app}/overlays/prod
    from: staging
    gates:
      ${gates}
`,
    "apps/web/base/kustomization.yaml": "resources:\n  - deployment.yaml\n",
    "apps/web/base/deployment.yaml": deployment({ replicas: 2, cpu: "100m" }),
    ...release("staging", "1.4.0"),
    ...release("prod", "1.2.0"),
  };
}

/** The overlay of an environment that sets this version. */
export function release(environment: string, version: string): Record<string, string> {
  return releaseOf("web", environment, version);
}

/** The same, of any app. */
export function releaseOf(app: string, environment: string, version: string): Record<string, string> {
  return {
    [`apps/${app}/overlays/${environment}/kustomization.yaml`]: `namespace: ${environment}
resources:
  - ../../base
images:
  - name: ghcr.io/acme/web
    newTag: "${version}" # the released version
`,
  };
}

/** As many apps as that, each with its version in its own overlays; prod has an older one. */
export function manyApps(count: number): Record<string, string> {
  const { ".sluice.yaml": config = "" } = promotionFiles("healthy: false");
  const files = Array.from({ length: count }, (_, index) => {
    const app = `app-${index}`;
    return {
      [`apps/${app}/base/kustomization.yaml`]: "resources:\n  - deployment.yaml\n",
      [`apps/${app}/base/deployment.yaml`]: deployment({ replicas: 2, cpu: "100m" }),
      ...releaseOf(app, "staging", "1.4.0"),
      ...releaseOf(app, "prod", "1.2.0"),
    };
  });
  return Object.assign({ ".sluice.yaml": config }, ...files);
}

/** What differs from one environment to the next: lines of `.sluice.yaml` below its name, path and source. */
export type Environments = Readonly<Record<string, string>>;

/** Environments that promote from one to the next in this order, and apps with their version in each of them. */
export function chainFiles(
  environments: Environments,
  apps: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Record<string, string> {
  const files = Object.entries(apps).map(([app, versions]) => ({
    [`apps/${app}/base/kustomization.yaml`]: "resources:\n  - deployment.yaml\n",
    [`apps/${app}/base/deployment.yaml`]: deployment({ replicas: 2, cpu: "100m" }),
    ...Object.assign({}, ...Object.entries(versions).map(([name, version]) => releaseOf(app, name, version))),
  }));
  return Object.assign({ ".sluice.yaml": configOf(environments) }, ...files);
}

/** The configuration of environments that promote from one to the next. */
export function configOf(environments: Environments): string {
  const names = Object.keys(environments);
  const blocks = Object.entries(environments).map(([name, lines], index) => {
    const from = index === 0 ? "" : `    from: ${names[index - 1]}\n`;
    const more = lines.trim() === "" ? "" : `    ${lines.trim().split("\n").join("\n    ")}\n`;
    return `  - name: ${name}\n    path: apps/{app}/overlays/${name}\n${from}${more}`;
  });
  return `version: 1\nenvironments:\n${blocks.join("")}`;
}
