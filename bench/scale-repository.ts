import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A generated repository of many targets, with commits that each change one thing. */
export interface ScaleRepository {
  readonly dir: string;
  readonly base: string;
  /** How many targets there are. */
  readonly targets: number;
  /** Each scales one app: one target. */
  readonly apps: readonly string[];
  /** Each changes what twenty targets share. */
  readonly shared: readonly string[];
  /** The folder that the first of `apps` changes. */
  readonly firstApp: string;
  checkout(commit: string): string;
  /** Writes the files of the head, as in a clone. */
  writeFiles(): void;
  /** Has git look at them once they are a second old: until then it reads each again. */
  settle(): void;
  remove(): void;
}

/** The targets that share the base, where a repository has so many. */
export const sharing = 20;

/** What a repository is made of: its files, and those that each of its changes writes. */
export interface ScaleContent {
  readonly targets: number;
  readonly files: Readonly<Record<string, string>>;
  /** Of the change of one app, by its number; and of what several share. */
  app(change: number): Readonly<Record<string, string>>;
  shared(change: number): Readonly<Record<string, string>>;
  /** The folder that the first change of an app is in. */
  readonly firstApp: string;
}

/** So many apps, each an overlay of its own base, and twenty more targets over one shared base. */
export function folderContent(apps: number): ScaleContent {
  const names = appNames(apps);
  return {
    targets: apps + sharing,
    files: { ...config, ...sharedBase(1), ...Object.assign({}, ...names.map(ownApp), ...users()) },
    app: (change) => ({ [`apps/${names[change]}/overlays/prod/replicas.yaml`]: replicas(names[change] ?? "", 9) }),
    shared: (change) => sharedBase(change + 2),
    firstApp: `apps/${names[0]}/overlays/prod`,
  };
}

/** Names of so many apps. */
export function appNames(apps: number): readonly string[] {
  return Array.from({ length: apps }, (_, index) => `app-${String(index).padStart(4, "0")}`);
}

/** A repository with this content. `changes` is how many commits of each kind there are. */
export function scaleRepository(
  { targets, files, app, shared, firstApp }: ScaleContent,
  changes: number,
): ScaleRepository {
  const root = mkdtempSync(join(tmpdir(), "sluice-scale-"));
  const dir = join(root, "repository");
  const git = (args: readonly string[], input = ""): string => {
    const run = spawnSync("git", args, { cwd: root, input, encoding: "utf8", maxBuffer: 1 << 28 });
    if (run.status !== 0) throw new Error(`git ${args.join(" ")}: ${run.stderr}`);
    return run.stdout.trim();
  };
  git(["init", "--quiet", "--initial-branch=main", dir]);
  const numbers = Array.from({ length: changes }, (_, index) => index);
  const from = "refs/heads/main";
  const steps = [
    { ref: "main", from: undefined, files },
    ...numbers.map((change) => ({ ref: `app-${change}`, from, files: app(change) })),
    ...numbers.map((change) => ({ ref: `shared-${change}`, from, files: shared(change) })),
  ];
  git(["-C", dir, "fast-import", "--quiet"], steps.map(commitCommand).join(""));
  git(["-C", dir, "symbolic-ref", "HEAD", "refs/heads/app-0"]);
  const refs = git(["-C", dir, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads"]);
  const oids = new Map(refs.split("\n").map((line) => line.split(" ") as [string, string]));
  const numbered = (kind: string) => numbers.map((change) => oids.get(`${kind}-${change}`) ?? "");
  return {
    ...{ dir, targets, firstApp, base: oids.get("main") ?? "", apps: numbered("app"), shared: numbered("shared") },
    checkout: (commit) => {
      const tree = join(root, `tree-${commit}`);
      git(["-C", dir, "worktree", "add", "--quiet", "--detach", "--force", tree, commit]);
      return tree;
    },
    writeFiles: () => void git(["-C", dir, "reset", "--quiet", "--hard"]),
    settle: () => void git(["-C", dir, "status", "--porcelain"]),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

interface Step {
  readonly ref: string;
  readonly from: string | undefined;
  readonly files: Readonly<Record<string, string>>;
}

function commitCommand({ ref, from, files }: Step): string {
  const writes = Object.entries(files).map(
    ([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
  );
  const parent = from === undefined ? "" : `from ${from}\n`;
  const head = `commit refs/heads/${ref}\ncommitter Bench <bench@example.com> 1700000000 +0000\ndata 6\nChange\n`;
  return `${head}${parent}${writes.join("")}\n`;
}

const config = {
  ".sluice.yaml":
    "version: 1\nenvironments:\n  - name: prod\n    targets:\n      - path: apps/{app}/overlays/prod\n      - path: users/{app}\n",
};

function ownApp(name: string): Record<string, string> {
  const at = `apps/${name}`;
  return {
    [`${at}/overlays/prod/kustomization.yaml`]: `namespace: prod\nresources:\n  - ../../base\npatches:\n  - path: replicas.yaml\nimages:\n  - name: ghcr.io/acme/${name}\n    newTag: 1.4.0\n`,
    [`${at}/overlays/prod/replicas.yaml`]: replicas(name, 4),
    [`${at}/base/kustomization.yaml`]: "resources:\n  - deployment.yaml\n  - service.yaml\n",
    [`${at}/base/deployment.yaml`]: deployment(name, 30),
    [`${at}/base/service.yaml`]: service(name),
  };
}

function users(): readonly Record<string, string>[] {
  return Array.from({ length: sharing }, (_, index) => ({
    [`users/user-${index}/kustomization.yaml`]: `resources:\n  - ../../shared/base\nnamePrefix: user-${index}-\n`,
  }));
}

function sharedBase(grace: number): Record<string, string> {
  return {
    "shared/base/kustomization.yaml": "resources:\n  - deployment.yaml\n  - service.yaml\n",
    "shared/base/deployment.yaml": deployment("shared", grace),
    "shared/base/service.yaml": service("shared"),
  };
}

/** A Service. */
export function service(name: string): string {
  return `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    app: ${name}\n  ports:\n    - name: http\n      port: 80\n      targetPort: http\n`;
}

/** A patch of how many replicas an app has. */
export function replicas(name: string, count: number): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  replicas: ${count}\n`;
}

/** A Deployment. */
export function deployment(name: string, grace: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      terminationGracePeriodSeconds: ${grace}
      containers:
        - name: web
          image: ghcr.io/acme/${name}:latest
          ports:
            - name: http
              containerPort: 8080
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
`;
}
