import type { RepositoryIdentity } from "../src/targets/index.ts";
import { appNames, deployment, replicas, type ScaleContent, service, sharing } from "./scale-repository.ts";

/** What the generated repositories go by in their objects. */
export const identity: RepositoryIdentity = { urls: ["https://github.com/acme/scale"], branches: ["main", "HEAD"] };
const [url] = identity.urls;

/**
 * A repository of Flux: each app has a Kustomization, in whose folder a HelmRelease stands, of a chart that twenty
 * share. The change of an app is one of the values in its HelmRelease, so the plan of the head is another one.
 */
export function fluxContent(apps: number): ScaleContent {
  const names = appNames(apps);
  const charts = Array.from({ length: Math.ceil(apps / sharing) }, (_, chart) => chartFiles(chart, 1));
  const own = names.flatMap((name, index) => [
    [`clusters/prod/apps/${name}.yaml`, fluxKustomization(name, `./apps/${name}`)],
    [`apps/${name}/kustomization.yaml`, "resources:\n  - release.yaml\n"],
    [`apps/${name}/release.yaml`, release(name, index, 4)],
  ]);
  return {
    // The folder of the cluster, and for each app a Kustomization and a HelmRelease.
    targets: 2 * apps + 1,
    files: { ...sync, ...Object.assign({}, ...charts), ...Object.fromEntries(own) },
    app: (change) => ({ [`apps/${names[change]}/release.yaml`]: release(names[change] ?? "", change, 9) }),
    shared: (change) => chartFiles(0, change + 2),
    firstApp: `apps/${names[0]}`,
  };
}

const sync = {
  "clusters/prod/flux-system/gotk-sync.yaml": `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  url: ${url}
  ref:
    branch: main
---
${fluxKustomization("flux-system", "./clusters/prod")}`,
  "clusters/prod/flux-system/kustomization.yaml": "resources:\n  - gotk-sync.yaml\n",
};

/** A Kustomization of Flux. */
export function fluxKustomization(name: string, path: string, targetNamespace?: string): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: flux-system
spec:
  interval: 10m
  path: ${path}
  prune: true
${
  targetNamespace === undefined
    ? ""
    : `  targetNamespace: ${targetNamespace}
`
}  sourceRef:
    kind: GitRepository
    name: flux-system
`;
}

function release(name: string, index: number, count: number): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: ${name}
  namespace: flux-system
spec:
  interval: 10m
  chart:
    spec:
      chart: ./charts/chart-${Math.floor(index / sharing)}
      sourceRef:
        kind: GitRepository
        name: flux-system
  values:
    replicas: ${count}
`;
}

function chartFiles(chart: number, grace: number): Record<string, string> {
  const at = `charts/chart-${chart}`;
  const template = deployment("{{ .Release.Name }}", grace).replace("replicas: 1", "replicas: {{ .Values.replicas }}");
  return {
    [`${at}/Chart.yaml`]: `apiVersion: v2\nname: chart-${chart}\nversion: 1.0.0\n`,
    [`${at}/values.yaml`]: "replicas: 1\n",
    [`${at}/templates/deployment.yaml`]: template,
    [`${at}/templates/service.yaml`]: service("{{ .Release.Name }}"),
  };
}

/**
 * A repository of Argo CD: a root Application deploys an Application for each app, an overlay of its own base, and
 * twenty more over one shared base. The change of an app is one of its overlay, so both sides have the same plan.
 */
export function argoContent(apps: number): ScaleContent {
  const names = appNames(apps);
  const users = Array.from({ length: sharing }, (_, index) => `user-${index}`);
  const own = names.flatMap((name) => [
    [`applications/${name}.yaml`, application(name, `apps/${name}/prod`)],
    [`apps/${name}/prod/kustomization.yaml`, "resources:\n  - ../base\npatches:\n  - path: replicas.yaml\n"],
    [`apps/${name}/prod/replicas.yaml`, replicas(name, 4)],
    [`apps/${name}/base/kustomization.yaml`, "resources:\n  - deployment.yaml\n"],
    [`apps/${name}/base/deployment.yaml`, deployment(name, 30)],
  ]);
  const sharedBy = users.flatMap((name) => [
    [`applications/${name}.yaml`, application(name, `users/${name}`)],
    [`users/${name}/kustomization.yaml`, `resources:\n  - ../../shared\nnamePrefix: ${name}-\n`],
  ]);
  const shared = (grace: number) => ({
    "shared/kustomization.yaml": "resources:\n  - deployment.yaml\n",
    "shared/deployment.yaml": deployment("shared", grace),
  });
  return {
    // The root, what people apply for it, and an Application for each app.
    targets: apps + sharing + 2,
    files: {
      "root.yaml": application("root", "applications"),
      ...shared(1),
      ...Object.fromEntries([...own, ...sharedBy]),
    },
    app: (change) => ({ [`apps/${names[change]}/prod/replicas.yaml`]: replicas(names[change] ?? "", 9) }),
    shared: (change) => shared(change + 2),
    firstApp: `apps/${names[0]}/prod`,
  };
}

function application(name: string, path: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
spec:
  project: default
  destination:
    server: https://kubernetes.default.svc
    namespace: ${name}
  source:
    repoURL: ${url}
    targetRevision: HEAD
    path: ${path}
`;
}
