/** A kustomization with these resources. */
export function kustomization(...resources: readonly string[]): string {
  const list = resources.map((resource) => `  - ${resource}\n`).join("");
  return `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${list}`;
}

/** A config map. */
export const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";

/** Files of apps with a base and an overlay for each environment. */
export function overlays(apps: readonly string[], environments: readonly string[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (const app of apps) {
    files[`apps/${app}/base/kustomization.yaml`] = kustomization("config.yaml");
    files[`apps/${app}/base/config.yaml`] = manifest;
    for (const environment of environments) {
      files[`apps/${app}/overlays/${environment}/kustomization.yaml`] = kustomization("../../base");
    }
  }
  return files;
}

/** Files of a chart with a values file for each environment. */
export function chart(path: string, environments: readonly string[]): Record<string, string> {
  const files: Record<string, string> = {
    [`${path}/Chart.yaml`]: "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    [`${path}/values.yaml`]: "replicas: 1\n",
    [`${path}/templates/config.yaml`]: manifest,
  };
  for (const environment of environments) files[`${path}/values-${environment}.yaml`] = "replicas: 2\n";
  return files;
}
