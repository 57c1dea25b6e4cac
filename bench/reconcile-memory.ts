import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Access } from "../sandbox/cluster/access.ts";
import { connect } from "../sandbox/cluster/api.ts";
import { startLocalGitHub } from "../sandbox/index.ts";
import { redisBinary, startRedis } from "../test/contract/queue-servers.ts";
import { tempDir } from "../test/support/temp-git.ts";
import { eventually } from "../test/support/wait.ts";
import { serverEnvironment } from "../test/support/walk.ts";
import { peakMegabytes } from "./memory.ts";
import { manyObjects } from "./reconcile-objects.ts";

const namespace = "bench-memory";
/** For what takes minutes on a busy machine. */
const patienceMs = 3_600_000;
const where = { owner: "acme", name: "gitops" };

/** The peak of a worker's process, with its queue on Redis, that deploys so many objects of one target, in MiB. */
export async function workerPeak(access: Access, objects: number): Promise<number | undefined> {
  const root = tempDir("sluice-bench-memory-");
  const redis = await startRedis(redisBinary() ?? "redis-server");
  const github = await startLocalGitHub({ dataDir: join(root, "github") });
  const file = join(root, "sluice.server.yaml");
  writeFileSync(file, serverFile(access.kubeconfig));
  try {
    await makeNamespace(access);
    await github.createRepository({ ...where, files: filesOf(objects) });
    const { backend } = redis;
    if (backend.kind !== "redis") throw new Error("expected Redis");
    const settings = serverEnvironment(github, join(root, "sluice"));
    const own = { ROLE: "worker", REDIS_URL: backend.url, ENGINES: "1", SLUICE_SERVER_FILE: file };
    const server = start({ ...settings, ...own });
    try {
      await eventually(
        "everything is live",
        () => {
          const [newest] = github.deployments({ ...where, environment: "prod" });
          const state = newest?.statuses.at(-1)?.state;
          if (state === "failure" || state === "error") throw new Error(JSON.stringify(newest));
          if (server.exitCode !== null) throw new Error(`the worker ended with ${server.exitCode}`);
          return state === "success";
        },
        patienceMs,
      );
      return peakMegabytes(server.pid ?? 0);
    } finally {
      const gone = once(server, "exit");
      server.kill();
      await gone;
    }
  } finally {
    await github.close();
    await redis.dispose();
    rmSync(root, { recursive: true, force: true });
  }
}

/** As it is shipped: the bundle, which the set-up made. */
function start(env: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = "", SLUICE_ENGINE } = process.env;
  return spawn(join(import.meta.dirname, "..", "bin", "sluice"), ["serve"], {
    env: { PATH, ...(SLUICE_ENGINE && { SLUICE_ENGINE }), ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function makeNamespace(access: Access): Promise<void> {
  const api = connect(access);
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  await api.send("POST", "/api/v1/namespaces", { body });
  await api.close();
}

function filesOf(count: number): Record<string, string> {
  const deploy = `{ engine: apply, cluster: bench, namespace: ${namespace}, stability: 0s }`;
  const config = `version: 1\nenvironments:\n  - name: prod\n    path: apps/{app}/prod\n    deploy: ${deploy}\n`;
  const objects = manyObjects(count, namespace);
  const files = Array.from({ length: Math.ceil(count / 500) }, (_, at) => [
    `apps/web/prod/part-${at}.yaml`,
    objects
      .slice(at * 500, (at + 1) * 500)
      .map((object) => stringify(object))
      .join("---\n"),
  ]);
  return { ".sluice.yaml": config, ...Object.fromEntries(files) };
}

function serverFile(file: string): string {
  const allow = [{ repositories: ["acme/*"], environments: ["prod"], namespaces: [namespace] }];
  return stringify({ clusters: [{ name: "bench", kubeconfig: { file }, namespace: "default", allow }] });
}
