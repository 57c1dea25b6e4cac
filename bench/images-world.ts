import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type LocalGitHub,
  type LocalRegistry,
  type RepositoryRef,
  startLocalGitHub,
  startLocalRegistry,
} from "../sandbox/index.ts";
import { serverEnvironment } from "../test/support/walk.ts";
import { peakMegabytes } from "./memory.ts";

/** A config repository with one app, on `1.0.0` of an image of its own in one environment. */
export interface Site {
  readonly repository: RepositoryRef;
  /** Without the host. */
  readonly image: string;
}

/** A server in a process of its own, and the local GitHub and registry in this one. */
export interface ImagesWorld {
  readonly github: LocalGitHub;
  readonly registry: LocalRegistry;
  readonly sites: readonly Site[];
  /**
   * Pushes a tag and tells the server, as Distribution does; the milliseconds from then until the pull request is open.
   */
  bump(site: Site, tag: string): Promise<number>;
  /** Resolves when nothing is asked of GitHub or of the registry for a while. */
  quiet(): Promise<void>;
  /** Ends all; gives the server's peak memory in MiB. */
  close(): Promise<number | undefined>;
}

const program = new URL("../test/support/serve-child.ts", import.meta.url).pathname;
const secret = "a secret of the benchmark's hook";
const deadlineMs = 60_000;

/** Where `deployment` lies. */
export const deploymentFile = "apps/web/staging/deployment.yaml";

/** The app's only file. */
export function deployment(image: string, tag: string): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: ${image}:${tag}\n`;
}

/** Opens a world with so many sites, of which the server knows. Without a Redis the store is embedded. */
export async function openImagesWorld(count: number, redisUrl: string | undefined): Promise<ImagesWorld> {
  const root = mkdtempSync(join(tmpdir(), "sluice-bench-images-"));
  const opened = new Map<string, () => void>();
  const github = await startLocalGitHub({
    dataDir: join(root, "github"),
    onEvent: ({ event, action, payload }) => {
      if (event !== "pull_request" || action !== "opened") return;
      const { repository } = payload;
      if (typeof repository === "object" && repository !== null && "name" in repository)
        opened.get(String(repository.name))?.();
    },
  });
  const registry = await startLocalRegistry();
  const sites: Site[] = [];
  for (let index = 0; index < count; index += 1) sites.push(await site(github, registry, index));
  const { child, url } = await serve(github, registry, root, redisUrl);
  github.setWebhookUrl(`${url}/api/github/webhooks`);
  const quiet = () => quietOf(() => github.countRequests() + registry.requests.length);
  // At its start the server learns what the repositories ask for.
  await quiet();
  return {
    github,
    registry,
    sites,
    quiet,
    bump: async ({ repository, image }, tag) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      opened.set(repository.name, resolve);
      await registry.push({ repository: image, tag });
      const started = performance.now();
      await tell(url, registry.host, image, tag);
      await within(promise, `the pull request in ${repository.name}`);
      return performance.now() - started;
    },
    close: async () => {
      const peak = peakMegabytes(child.pid ?? 0);
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      await registry.close();
      await github.close();
      rmSync(root, { recursive: true, force: true });
      return peak;
    },
  };
}

async function within(work: Promise<void>, what: string): Promise<void> {
  const late = new AbortController();
  const deadline = sleep(deadlineMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`did not come within ${deadlineMs} ms: ${what}`);
  });
  await Promise.race([work, deadline]).finally(() => late.abort());
}

async function site(github: LocalGitHub, registry: LocalRegistry, index: number): Promise<Site> {
  const image = `acme/app-${index}`;
  const name = `${registry.host}/${image}`;
  const repository = await github.createRepository({
    owner: "acme",
    name: `gitops-${index}`,
    files: {
      ".sluice.yaml": `version: 1\nenvironments:\n  - { name: staging, path: "apps/{app}/staging" }\nimages:\n  - { image: "${name}", policy: { semver: "^1.0" }, environments: [staging] }\n`,
      "apps/web/staging/kustomization.yaml": "resources: [deployment.yaml]\n",
      [deploymentFile]: deployment(name, "1.0.0"),
    },
  });
  await registry.push({ repository: image, tag: "1.0.0" });
  return { repository, image };
}

async function serve(
  github: LocalGitHub,
  registry: LocalRegistry,
  root: string,
  redisUrl: string | undefined,
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const settings = join(root, "sluice.server.yaml");
  const hook = `{ kind: distribution, name: bench, secret: "\${HOOK_SECRET}", perMinute: 6000 }`;
  const reached = `{ host: "${registry.host}", insecure: true, private: true, requestsPerSecond: 1000 }`;
  writeFileSync(settings, `hooks: [${hook}]\nregistries: [${reached}]\n`);
  const own = { SLUICE_SERVER_FILE: settings, HOOK_SECRET: secret };
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env.PATH,
      SLUICE_ENGINE: process.env.SLUICE_ENGINE,
      ...serverEnvironment(github, join(root, "sluice")),
      ...own,
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface(child.stdout)) {
    const url = /^up (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { child, url };
  }
  throw new Error("the server did not start");
}

async function tell(url: string, host: string, repository: string, tag: string): Promise<void> {
  const event = { id: randomUUID(), action: "push", target: { repository, tag }, request: { host } };
  const answer = await fetch(`${url}/registry/bench`, {
    method: "POST",
    headers: { authorization: secret, "content-type": "application/vnd.docker.distribution.events.v2+json" },
    body: JSON.stringify({ events: [event] }),
  });
  await answer.body?.cancel();
  if (answer.status !== 202) throw new Error(`the door answered ${answer.status}`);
}

async function quietOf(count: () => number): Promise<void> {
  let still = 0;
  let before = -1;
  while (still < 4) {
    await sleep(150);
    const now = count();
    still = now === before ? still + 1 : 0;
    before = now;
  }
}
