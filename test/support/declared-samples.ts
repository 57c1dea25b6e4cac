import type { Files } from "./edits.ts";
import { example, filesIn } from "./local-sources.ts";

/** A repository that controllers deploy from, and the address that its objects have for it. */
export interface DeclaredSample {
  readonly files: Files;
  readonly url: string;
}

const chart = (name: string): Files => ({
  [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
  [`charts/${name}/values.yaml`]: "replicas: 1\nimage: shop:1\n",
  [`charts/${name}/templates/config.yaml`]:
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  image: {{ .Values.image }}\n",
});

const object = (kind: string, name: string, data: string): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: flux-system\ndata:\n  ${data}\n`;

const kustomization = (name: string, path: string, more = ""): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: ${name}\n  namespace: flux-system\nspec:\n  path: ${path}\n  prune: true\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n${more}`;

const flux: Files = {
  ...chart("shop"),
  "clusters/prod/flux-system/gotk-sync.yaml": `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata:\n  name: flux-system\n  namespace: flux-system\nspec:\n  url: https://github.com/acme/gitops\n  ref:\n    branch: main\n---\n${kustomization("flux-system", "./clusters/prod")}`,
  "clusters/prod/flux-system/kustomization.yaml": "resources:\n  - gotk-sync.yaml\n",
  "clusters/prod/web.yaml": kustomization(
    "web",
    "./web",
    "  components:\n    - ../components/debug\n  postBuild:\n    substituteFrom:\n      - kind: ConfigMap\n        name: cluster-vars\n",
  ),
  "clusters/prod/shop.yaml": kustomization("shop", "./shop"),
  "clusters/prod/vars.yaml": object("ConfigMap", "cluster-vars", "region: eu"),
  "components/debug/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources:\n  - config.yaml\n",
  "components/debug/config.yaml": object("ConfigMap", "debug", "level: info"),
  "shop/release.yaml":
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: shop\n  namespace: flux-system\nspec:\n  interval: 1h\n  chart:\n    spec:\n      chart: ./charts/shop\n      valuesFiles:\n        - ./charts/shop/values.yaml\n        - ./shop/more.yaml\n      sourceRef:\n        kind: GitRepository\n        name: flux-system\n  valuesFrom:\n    - kind: ConfigMap\n      name: shop-values\n  values:\n    replicas: 1\n",
  "shop/kustomization.yaml": "resources:\n  - release.yaml\n  - values.yaml\n",
  "shop/values.yaml": object("ConfigMap", "shop-values", "values.yaml: 'image: shop:1'"),
  "shop/more.yaml": "replicas: 2\n",
  "web/service.yaml": object("Service", "web", "port: a"),
  "README.md": "Shop\n",
};

const application = (name: string, source: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: ${name}\n  namespace: argocd\nspec:\n  project: default\n  destination:\n    server: https://kubernetes.default.svc\n    namespace: ${name}\n  source:\n    repoURL: https://github.com/acme/gitops\n    targetRevision: HEAD\n${source}`;

const argocd: Files = {
  ...chart("shop"),
  "root.yaml": application("root", "    path: applications\n"),
  "applications/shop.yaml": application(
    "shop",
    "    path: charts/shop\n    helm:\n      valueFiles:\n        - values.yaml\n        - ../../values/shop.yaml\n      fileParameters:\n        - name: image\n          path: ../../values/image.txt\n",
  ),
  "applications/plain.yaml": application(
    "plain",
    "    path: plain\n    directory:\n      recurse: true\n      exclude: '*.json'\n",
  ),
  "applications/web.yaml": application(
    "web",
    "    path: web/prod\n    kustomize:\n      namePrefix: prod-\n      components:\n        - ../../components/debug\n",
  ),
  "applications/sets.yaml":
    "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata:\n  name: teams\n  namespace: argocd\nspec:\n  generators:\n    - git:\n        repoURL: https://github.com/acme/gitops\n        revision: HEAD\n        files:\n          - path: teams/*/config.json\n    - git:\n        repoURL: https://github.com/acme/gitops\n        revision: HEAD\n        directories:\n          - path: services/*\n  template:\n    metadata:\n      name: 'svc-{{path.basename}}'\n    spec:\n      project: default\n      destination:\n        server: https://kubernetes.default.svc\n        namespace: services\n      source:\n        repoURL: https://github.com/acme/gitops\n        targetRevision: HEAD\n        path: '{{path}}'\n",
  "components/debug/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources:\n  - config.yaml\n",
  "components/debug/config.yaml": object("ConfigMap", "debug", "level: info"),
  "plain/one.yaml": object("ConfigMap", "one", "a: b"),
  "plain/deep/two.yaml": object("ConfigMap", "two", "a: b"),
  "services/cart/config.yaml": object("ConfigMap", "cart", "a: b"),
  "services/pay/kustomization.yaml": "resources:\n  - ../../web/base\nnamePrefix: pay-\n",
  "teams/blue/config.json": '{ "team": "blue" }\n',
  "teams/blue/blue.yaml": object("ConfigMap", "blue", "a: b"),
  "values/shop.yaml": "replicas: 3\n",
  "values/image.txt": "shop:2",
  "web/base/kustomization.yaml": "resources:\n  - service.yaml\n",
  "web/base/service.yaml": object("Service", "web", "port: a"),
  "web/prod/kustomization.yaml": "resources:\n  - ../base\n",
  "README.md": "Shop\n",
};

/** The samples of the examples, and two with a bit of everything that one repository answers. */
export const declaredSamples: Readonly<Record<string, DeclaredSample>> = {
  "examples/flux": { files: filesIn(example("flux")), url: "https://github.com/acme/flux-shop" },
  "examples/argocd": { files: filesIn(example("argocd")), url: "https://github.com/acme/argocd-shop" },
  "examples/monorepo": { files: filesIn(example("monorepo")), url: "https://github.com/acme/monorepo" },
  "a repository of Flux": { files: flux, url: "https://github.com/acme/gitops" },
  "a repository of Argo CD": { files: argocd, url: "https://github.com/acme/gitops" },
};
