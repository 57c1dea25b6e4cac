import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
    env: { PATH: folder, HOME: folder, SLUICE_CACHE: join(folder, "cache"), ...env },
  });
  return JSON.parse(stdout);
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
  const built = `while [ "$1" != -o ]; do shift; done; : > "$2"; echo "$3" >> "${folder}/built"`;
  const module = `echo '{"Dir": "${join(folder, "module")}"}'`;
  executable(join(folder, "go"), `case $1 in env) echo go${version} ;; build) ${built} ;; mod) ${module} ;; esac`);
}

function built(): readonly string[] {
  return readFileSync(join(folder, "built"), "utf8").trim().split("\n");
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
