type Files = Readonly<Record<string, string>>;

/** A Kustomization of Flux for a folder of the source `flux-system`. */
export function flux(name: string, path: string, more = ""): string {
  return `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  path: ${path}
  prune: true
  sourceRef: { kind: GitRepository, name: flux-system }
${more}`;
}

/** The source `flux-system`. */
export function repository(url = "ssh://git@github.com/Acme/gitops.git", branch = "main"): string {
  return `---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { url: "${url}", ref: { branch: ${branch} } }
`;
}

/** What a bootstrap of Flux writes for a cluster. */
export function sync(cluster: string): Files {
  return {
    [`clusters/${cluster}/flux-system/gotk-sync.yaml`]: `${repository()}${flux("flux-system", `./clusters/${cluster}`)}`,
    [`clusters/${cluster}/flux-system/kustomization.yaml`]: "resources: [gotk-sync.yaml]\n",
  };
}

/** A HelmRelease of a chart of the repository. */
export function release(name: string): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ${name}, namespace: shop }
spec:
  chart: { spec: { chart: ./charts/${name}, sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system } } }
`;
}

/** A ConfigMap. */
export function configMap(name: string): string {
  return `---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: flux-system }
data: { region: eu }
`;
}

/** An Application of Argo CD for a folder. */
export function application(name: string, path: string, more = ""): string {
  return `---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd }
spec:
  project: default
  source: { repoURL: git@github.com:acme/gitops.git, path: ${path}, targetRevision: HEAD }
  destination: { server: https://kubernetes.default.svc, namespace: ${name} }
${more}`;
}
