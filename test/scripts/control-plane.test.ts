import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tempDir } from "../support/temp-git.ts";

const run = promisify(execFile);
const script = pathToFileURL(join(import.meta.dirname, "../../scripts/lib/control-plane.mjs")).href;
const program = `
  import { controlPlaneProgram, controlPlanePrograms, kwokStages } from ${JSON.stringify(script)};
  const said = {};
  for (const name of controlPlanePrograms) said[name] = await controlPlaneProgram(name, () => {});
  said.stages = await kwokStages();
  const { SLUICE_ETCD: etcd, SLUICE_KUBE_APISERVER: apiserver, SLUICE_KWOK_STAGES: stages } = process.env;
  process.stdout.write(JSON.stringify({ said, etcd, apiserver, stages }));
`;

const controllers = pathToFileURL(join(import.meta.dirname, "../../scripts/lib/controllers.mjs")).href;
const controllersProgram = `
  import { controller, controllerNames } from ${JSON.stringify(controllers)};
  const said = {};
  for (const name of controllerNames) said[name] = await controller(name, () => {});
  process.stdout.write(JSON.stringify({ said, argocd: process.env.SLUICE_ARGOCD }));
`;

let folder = "";
beforeEach(() => {
  folder = tempDir("sluice-control-plane-");
  fakeGo("1.26.8");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the set-up says of each program, and what it names to the tests. */
interface Found {
  readonly said: Readonly<Record<string, string>>;
  readonly etcd: string;
  readonly apiserver: string;
  readonly stages: string;
}

/** What the set-up finds on a machine whose PATH is one folder. */
async function setUpWith(env: Readonly<Record<string, string>> = {}): Promise<Found> {
  return JSON.parse(await outputOf(program, env));
}

async function outputOf(source: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", source], {
    env: { PATH: folder, HOME: folder, SLUICE_CACHE: join(folder, "cache"), ...env },
  });
  return stdout;
}

function executable(path: string, source: string): void {
  writeFileSync(path, `#!/bin/sh\n${source}\n`);
  chmodSync(path, 0o755);
}

/** A Go that notes what it is to build, and makes an empty file of it. */
function fakeGo(version: string): void {
  const stage = join(folder, "module", "kustomize", "stage");
  for (const name of ["node/fast", "node/heartbeat-with-lease", "pod/fast", "volume/fast"]) {
    mkdirSync(join(stage, name), { recursive: true });
    writeFileSync(join(stage, name, `${basename(name)}-of-${dirname(name)}.yaml`), "kind: Stage");
    writeFileSync(join(stage, name, "kustomization.yaml"), "");
  }
  for (const name of ["manifests/crds", "config/crd/bases", "hack"])
    mkdirSync(join(folder, "module", name), { recursive: true });
  writeFileSync(join(folder, "module", "manifests/crds", "application-crd.yaml"), "kind: CustomResourceDefinition");
  writeFileSync(join(folder, "module", "hack", "git-verify-wrapper.sh"), "#!/bin/sh\n", { mode: 0o444 });
  const built = `while [ "$1" != -o ]; do shift; done; : > "$2"; echo "$3 $GOTOOLCHAIN" >> "${folder}/built"`;
  const module = `echo '{"Dir": "${join(folder, "module")}"}'`;
  executable(join(folder, "go"), `case $1 in env) echo go${version} ;; build) ${built} ;; mod) ${module} ;; esac`);
}

function built(): readonly string[] {
  return readFileSync(join(folder, "built"), "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

describe.skipIf(process.platform === "win32")("the control plane of the cluster tests", () => {
  it("is built once for each Go", async () => {
    const first = await setUpWith();
    expect(first.said).toMatchObject({ etcd: "built with go1.26.8", stages: "copied from the module" });
    expect(built()).toEqual([
      "go.etcd.io/etcd/server/v3",
      "k8s.io/kubernetes/cmd/kube-apiserver",
      "k8s.io/kubernetes/cmd/kube-controller-manager",
      "k8s.io/kubernetes/cmd/kube-scheduler",
      "sigs.k8s.io/kwok/cmd/kwok",
    ]);
    expect((await setUpWith()).said).toMatchObject({ etcd: "from the cache", stages: "from the cache" });
    expect(built()).toHaveLength(5);
    fakeGo("1.26.9");
    expect((await setUpWith()).etcd).not.toBe(first.etcd);
    expect(built()).toHaveLength(10);
  });

  it("needs no Go once it is built", async () => {
    const { etcd } = await setUpWith();
    rmSync(join(folder, "go"));
    expect(await setUpWith({ GOPROXY: "off" })).toMatchObject({ etcd, said: { kwok: "from the cache" } });
  });

  it("has the stages of kwok's module, each in a file of one folder", async () => {
    const { stages } = await setUpWith();
    expect(readFileSync(join(stages, "fast-of-pod.yaml"), "utf8")).toBe("kind: Stage");
  });

  it("takes etcd and kube-apiserver from KUBEBUILDER_ASSETS", async () => {
    const assets = join(folder, "assets");
    mkdirSync(assets);
    for (const name of ["etcd", "kube-apiserver"]) executable(join(assets, name), "");
    const found = await setUpWith({ KUBEBUILDER_ASSETS: assets });
    expect(found).toMatchObject({ etcd: join(assets, "etcd"), apiserver: join(assets, "kube-apiserver") });
    expect(built()).toHaveLength(3);
  });

  it("takes them from the PATH where their minor version is the one that the tests know", async () => {
    executable(join(folder, "etcd"), "echo 'etcd Version: 3.4.30'");
    executable(join(folder, "kube-apiserver"), "echo 'Kubernetes v1.36.0'");
    const found = await setUpWith();
    expect(found.apiserver).toBe(join(folder, "kube-apiserver"));
    expect(found.said.etcd).toBe("built with go1.26.8");
  });
});

describe.skipIf(process.platform === "win32")("the controllers of the tests", () => {
  it("are built once, Argo CD by the Go that it names, with what they need of their modules", async () => {
    const first = JSON.parse(await outputOf(controllersProgram));
    expect(first.said).toEqual({
      argocd: expect.stringMatching(/^built with go1\.27\./),
      "source-controller": "built with go1.26.8",
      "kustomize-controller": "built with go1.26.8",
    });
    expect(built()).toEqual([
      expect.stringMatching(/^\. go1\.27\.\d+$/),
      "github.com/fluxcd/source-controller",
      "github.com/fluxcd/kustomize-controller",
    ]);
    const files = join(first.argocd, "files");
    expect(readFileSync(join(files, "crds", "application-crd.yaml"), "utf8")).toContain("CustomResourceDefinition");
    expect(statSync(join(files, "git-verify-wrapper.sh")).mode & 0o111).toBe(0o111);
    const again = JSON.parse(await outputOf(controllersProgram));
    expect(Object.values(again.said)).toEqual(Array.from({ length: 3 }, () => "from the cache"));
  });
});
