import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { selfSigned } from "../sandbox/certificate.ts";
import { type Api, connect } from "../sandbox/cluster/api.ts";
import { startControlPlane } from "../sandbox/cluster/control-plane.ts";
import { programs } from "../sandbox/cluster/programs.ts";
import { type LocalGitHub, startLocalGitHub } from "../sandbox/index.ts";
import { openCluster } from "../src/kube/index.ts";
import type { OpenCluster } from "../src/model/kube.ts";
import { startArgocd } from "../test/controllers/support/argocd.ts";
import { startFlux } from "../test/controllers/support/flux.ts";
import { tlsFront } from "../test/controllers/support/git-server.ts";
import { type ApiObject, applyObject, pathOf } from "../test/controllers/support/objects.ts";
import { controllerPrograms } from "../test/controllers/support/programs.ts";
import type { Files, TestRepository } from "../test/controllers/support/world.ts";

/** One control plane with Argo CD and Flux on it, and a local GitHub that they read. */
export interface BenchWorld {
  readonly api: Api;
  /** The cluster as Sluice reaches it. */
  readonly cluster: OpenCluster;
  readonly github: LocalGitHub;
  /** Makes `acme/<name>`. */
  repository(name: string): Promise<TestRepository>;
  namespace(name: string): Promise<void>;
}

/** Starts it all for this work, and stops it afterwards. */
export async function inWorld<T>(work: (world: BenchWorld) => Promise<T>): Promise<T> {
  const { privateKey, pem } = selfSigned("127.0.0.1", "127.0.0.1");
  const plane = await startControlPlane(programs(), async (running) => {
    await startArgocd(running, controllerPrograms(), pem);
    await startFlux(running, controllerPrograms(), pem);
  });
  const dataDir = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  const github = await startLocalGitHub({ dataDir });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const front = await tlsFront(github.url, { key, cert: pem });
  const api = connect(plane.access);
  const access = { kind: "kubeconfig", path: plane.access.kubeconfig, exec: false } as const;
  const cluster = await openCluster({ name: "bench", access, clock: Date.now, random: Math.random });
  try {
    return await work({
      api,
      cluster,
      github,
      repository: async (name) => {
        const where = { owner: "acme", name };
        await github.createRepository({ ...where, private: false });
        const commit = (files: Files) => github.commit({ ...where, branch: "main", files });
        return { name, url: `${front.origin}/acme/${name}.git`, commit };
      },
      namespace: (name) => applyObject(api, { apiVersion: "v1", kind: "Namespace", metadata: { name } }),
    });
  } finally {
    await api.close();
    await cluster.close();
    await front.close();
    await github.close();
    await plane.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A controller that never gets there ends the run, in milliseconds. */
const untilMs = 300_000;

/** Asks again and again, pausing this many milliseconds; throws after five minutes. */
export async function until(is: () => Promise<boolean>, pauseMs = 20): Promise<void> {
  const end = Date.now() + untilMs;
  while (!(await is())) {
    if (Date.now() > end) throw new Error("what is measured did not happen within five minutes");
    await sleep(pauseMs);
  }
}

/** Asks a controller to look at once, as it documents it. */
export async function poke(api: Api, object: ApiObject, annotation: string, value: string): Promise<void> {
  const body = { metadata: { annotations: { [annotation]: value } } };
  await api.send("PATCH", pathOf(object), { body, contentType: "application/merge-patch+json" });
}
