import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fluxKustomization } from "./scale-controllers.ts";
import { deployment } from "./scale-repository.ts";

/** A change that every tool shows. */
export interface PeerCase {
  readonly name: string;
  /** What it changes, as `Kind namespace/name`; besides these, only objects of Flux change. */
  readonly objects: ReadonlySet<string>;
  /** Commits on the base that each make it in their own way: nothing of one helps with the next. */
  readonly heads: readonly string[];
}

/** A Flux repository made by this benchmark. */
export interface PeersRepository {
  /** A checkout of the base, with all commits. */
  readonly dir: string;
  readonly base: string;
  /** Where it says that it comes from. */
  readonly url: string;
  /** The folder of the cluster. */
  readonly cluster: string;
  readonly kustomizations: number;
  readonly releases: number;
  readonly cases: readonly PeerCase[];
  /** Makes the second checkout one of this commit as it is, and gives its folder. */
  checkout(commit: string): string;
  remove(): void;
}

const sharing = { chart: 50, base: 20 };
const ownReleases = 10;
const url = "https://github.com/acme/fleet";
const cluster = "clusters/prod";
const ownChart = "charts/own";
const sharedChart = "charts/shared";
const nextChart = "charts/next";

/**
 * One cluster: twenty Kustomizations over one base, one with fifty releases of a chart that a component names, and ten
 * with one release of another chart each. The charts are folders of the repository, so nothing is fetched. `heads` is
 * how many commits there are of each change.
 */
export function peersRepository(heads: number): PeersRepository {
  const root = mkdtempSync(join(tmpdir(), "sluice-peers-"));
  const [dir, second] = [join(root, "base"), join(root, "head")];
  const git = (at: string, ...args: readonly string[]): string => {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
    const named = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", ...args];
    const run = spawnSync("git", named, { cwd: at, env, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`git ${args.join(" ")}: ${run.stderr}`);
    return run.stdout.trim();
  };
  const commit = (at: string, files: Readonly<Record<string, string>>): string => {
    for (const [path, text] of Object.entries(files)) write(join(at, path), text);
    git(at, "add", "--all");
    git(at, "commit", "--quiet", "--message", "Change");
    return git(at, "rev-parse", "HEAD");
  };
  const checkout = (revision: string): string => {
    git(second, "checkout", "--quiet", "--force", "--detach", revision);
    git(second, "clean", "--quiet", "--force", "-d", "-x");
    return second;
  };
  mkdirSync(dir);
  git(dir, "init", "--quiet", "--initial-branch=main");
  git(dir, "remote", "add", "origin", url);
  const base = commit(dir, everything());
  git(dir, "worktree", "add", "--quiet", "--detach", second, base);
  const headsOf = (files: (index: number) => Readonly<Record<string, string>>) =>
    Array.from({ length: heads }, (_, index) => commit(checkout(base), files(index)));
  return {
    ...{ dir, base, url, cluster, checkout },
    kustomizations: 2 + sharing.base + ownReleases,
    releases: sharing.chart + ownReleases,
    cases: [
      {
        ...{ name: "one release", objects: deployments(1, () => "own-0/own-0") },
        heads: headsOf((index) => ({ "apps/own-0/own-0.yaml": release("own-0", ownChart, index + 3) })),
      },
      {
        name: `a base of ${sharing.base}`,
        objects: deployments(sharing.base, (index) => `user-${index}/user-${index}-web`),
        heads: headsOf((index) => ({ "base/deployment.yaml": deployment("web", index + 40) })),
      },
      {
        ...{ name: `a chart of ${sharing.chart}`, objects: ofChart },
        heads: headsOf((index) => ({ ...chart(nextChart, index + 40), ...takeChart(nextChart) })),
      },
      {
        ...{ name: `a chart of ${sharing.chart}, in place`, objects: ofChart },
        heads: headsOf((index) => chart(sharedChart, index + 40)),
      },
    ],
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function deployments(count: number, name: (index: number) => string): ReadonlySet<string> {
  return new Set(Array.from({ length: count }, (_, index) => `Deployment ${name(index)}`));
}

const ofChart = deployments(sharing.chart, (index) => `shared/shared-${index}`);

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function everything(): Readonly<Record<string, string>> {
  const users = numbered(sharing.base, (index) => kustomizationOf(`user-${index}`, baseUser(index)));
  const own = numbered(ownReleases, (index) => kustomizationOf(`own-${index}`, releases([`own-${index}`], ownChart)));
  const shared = Array.from({ length: sharing.chart }, (_, index) => `shared-${index}`);
  return {
    ...entry(),
    "base/kustomization.yaml": "resources:\n  - deployment.yaml\n  - service.yaml\n",
    "base/deployment.yaml": deployment("web", 30),
    "base/service.yaml": service,
    ...chart(ownChart, 30),
    ...chart(sharedChart, 30),
    ...users,
    ...own,
    ...kustomizationOf("shared", releases(shared, sharedChart)),
    ...takeChart(sharedChart),
  };
}

function numbered(count: number, files: (index: number) => Readonly<Record<string, string>>): Record<string, string> {
  return Object.assign({}, ...Array.from({ length: count }, (_, index) => files(index)));
}

/** A Kustomization of Flux in the cluster's folder, and the folder that it deploys. */
function kustomizationOf(name: string, files: Readonly<Record<string, string>>): Record<string, string> {
  const object = fluxKustomization(name, `./apps/${name}`, name);
  const below = Object.entries(files).map(([path, text]) => [`apps/${name}/${path}`, text]);
  return { [`${cluster}/apps/${name}.yaml`]: object, ...Object.fromEntries(below) };
}

function baseUser(index: number): Readonly<Record<string, string>> {
  return { "kustomization.yaml": `resources:\n  - ../../base\nnamePrefix: user-${index}-\n` };
}

function releases(names: readonly string[], from: string): Readonly<Record<string, string>> {
  const listed = names.map((name) => `  - ${name}.yaml\n`).join("");
  const files = names.map((name) => [`${name}.yaml`, release(name, from, 2)]);
  const components = names.length > 1 ? "components:\n  - ../../components/chart\n" : "";
  return { "kustomization.yaml": `resources:\n${listed}${components}`, ...Object.fromEntries(files) };
}

/** The one place that names the chart of all shared releases. */
function takeChart(from: string): Readonly<Record<string, string>> {
  const patch = `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target:
      kind: HelmRelease
    patch: |-
      - op: replace
        path: /spec/chart/spec/chart
        value: ./${from}
`;
  return { "components/chart/kustomization.yaml": patch };
}

function release(name: string, from: string, replicas: number): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: ${name}
spec:
  interval: 10m
  chart:
    spec:
      chart: ./${from}
      sourceRef:
        kind: GitRepository
        name: flux-system
        namespace: flux-system
  values:
    replicas: ${replicas}
    image: ghcr.io/acme/${name}:1.4.0
`;
}

/** The files of a chart in a folder. */
function chart(at: string, grace: number): Readonly<Record<string, string>> {
  return {
    [`${at}/Chart.yaml`]: `apiVersion: v2\nname: web\nversion: 1.0.0\n`,
    [`${at}/values.yaml`]: "replicas: 1\nimage: ghcr.io/acme/web:latest\nport: 8080\n",
    [`${at}/templates/_helpers.tpl`]: helpers,
    [`${at}/templates/deployment.yaml`]: templated(deployment("web", grace)),
    [`${at}/templates/service.yaml`]: templated(service),
  };
}

const helpers = `{{- define "web.name" -}}\n{{ .Release.Name | trunc 63 | trimSuffix "-" }}\n{{- end }}\n`;

/** The same object as a chart's template. */
function templated(text: string): string {
  return text
    .replaceAll(": web\n", `: {{ include "web.name" . }}\n`)
    .replace("replicas: 1", "replicas: {{ .Values.replicas }}")
    .replace("ghcr.io/acme/web:latest", "{{ .Values.image | quote }}")
    .replaceAll("8080", "{{ .Values.port }}");
}

function entry(): Readonly<Record<string, string>> {
  const sync = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m0s
  ref:
    branch: main
  url: ${url}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m0s
  path: ./${cluster}
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
`;
  return {
    [`${cluster}/flux-system/gotk-sync.yaml`]: sync,
    [`${cluster}/flux-system/kustomization.yaml`]: "resources:\n  - gotk-sync.yaml\n",
  };
}

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - name: http
      port: 80
      targetPort: 8080
`;
