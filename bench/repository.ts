import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The generated repository that the benchmarks run on, and the commits that they compare. */
export interface BenchRepository {
  readonly dir: string;
  readonly base: string;
  /** Changes one overlay of one app. */
  readonly oneApp: string;
  /** Change the component that all prod overlays share; two, so that a warm run has a head it never saw. */
  readonly shared: readonly [string, string];
  /** The prod overlays, which the shared component touches. */
  readonly prodOverlays: readonly string[];
  readonly oneOverlay: string;
  checkout(commit: string): string;
  remove(): void;
}

const environments = ["dev", "staging", "prod"] as const;

/** 200 apps × 3 overlays over a base each; the prod overlays share one component. */
export function benchRepository(apps = 200): BenchRepository {
  const root = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  const dir = join(root, "repository");
  mkdirSync(dir);
  const git = (...args: readonly string[]): string => {
    const run = spawnSync("git", ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", ...args], {
      cwd: dir,
      encoding: "utf8",
    });
    if (run.status !== 0) throw new Error(`git ${args.join(" ")}: ${run.stderr}`);
    return run.stdout.trim();
  };
  const commit = (files: Readonly<Record<string, string>>, message: string): string => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    git("add", "--all");
    git("commit", "--quiet", "--message", message);
    return git("rev-parse", "HEAD");
  };
  git("init", "--quiet", "--initial-branch=main");
  const names = Array.from({ length: apps }, (_, index) => `app-${String(index).padStart(3, "0")}`);
  const base = commit(Object.assign({}, shared("30"), config(), ...names.map(app)), "Base");
  const branch = (files: Readonly<Record<string, string>>, message: string): string => {
    git("checkout", "--quiet", "--detach", base);
    return commit(files, message);
  };
  const oneOverlay = `apps/${names[7]}/overlays/prod`;
  return {
    dir,
    base,
    oneApp: branch({ [`${oneOverlay}/replicas.yaml`]: replicas(names[7] ?? "", 9) }, "Scale one app"),
    shared: [branch(shared("45"), "Change the shared component"), branch(shared("60"), "Change it again")],
    prodOverlays: names.map((name) => `apps/${name}/overlays/prod`),
    oneOverlay,
    checkout: (at) => {
      const tree = join(root, `tree-${at}`);
      git("worktree", "add", "--quiet", "--detach", "--force", tree, at);
      return tree;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function config(): Record<string, string> {
  const blocks = environments.map((name) => `  - name: ${name}\n    path: apps/{app}/overlays/${name}\n`);
  return { ".sluice.yaml": `version: 1\nenvironments:\n${blocks.join("")}` };
}

function shared(grace: string): Record<string, string> {
  return {
    "components/prod/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n  - path: grace.yaml\n    target: { kind: Deployment }\n",
    "components/prod/grace.yaml": `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: any\nspec:\n  template:\n    spec:\n      terminationGracePeriodSeconds: ${grace}\n`,
  };
}

function app(name: string): Record<string, string> {
  const at = `apps/${name}`;
  const overlays = environments.flatMap((environment) => [
    [`${at}/overlays/${environment}/kustomization.yaml`, overlay(name, environment)],
    [`${at}/overlays/${environment}/replicas.yaml`, replicas(name, environment === "prod" ? 4 : 1)],
  ]);
  return {
    [`${at}/base/kustomization.yaml`]:
      "resources:\n  - deployment.yaml\n  - service.yaml\n  - account.yaml\nlabels:\n  - pairs: { app.kubernetes.io/part-of: shop }\n    includeSelectors: false\nconfigMapGenerator:\n  - name: settings\n    files: [app.properties]\n",
    [`${at}/base/app.properties`]: `name=${name}\nlevel=info\ncache=64\n`,
    [`${at}/base/deployment.yaml`]: deployment(name),
    [`${at}/base/service.yaml`]: `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  selector: { app: ${name} }\n  ports:\n    - { name: http, port: 80, targetPort: http }\n`,
    [`${at}/base/account.yaml`]: `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n`,
    ...Object.fromEntries(overlays),
  };
}

function overlay(name: string, environment: string): string {
  const component = environment === "prod" ? "components:\n  - ../../../../components/prod\n" : "";
  return `namespace: ${environment}\nresources:\n  - ../../base\n${component}patches:\n  - path: replicas.yaml\nimages:\n  - name: ghcr.io/acme/${name}\n    newTag: 1.4.0\n`;
}

function replicas(name: string, count: number): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  replicas: ${count}\n`;
}

function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      serviceAccountName: ${name}
      containers:
        - name: web
          image: ghcr.io/acme/${name}:latest
          ports:
            - { name: http, containerPort: 8080 }
          envFrom:
            - configMapRef: { name: settings }
          resources:
            requests: { cpu: 100m, memory: 128Mi }
            limits: { memory: 256Mi }
          readinessProbe:
            httpGet: { path: /ready, port: http }
          livenessProbe:
            httpGet: { path: /healthz, port: http }
`;
}
