import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { redisBinary, type StoreServer, startRedis } from "../contract/queue-servers.ts";
import { type Distribution, distributions, startDistribution } from "../support/distribution.ts";
import { freePort } from "../support/free-port.ts";
import { gitopsFiles } from "../support/gitops.ts";
import { eventually } from "../support/wait.ts";
import { adminToken, startWalk, type Walk } from "../support/walk.ts";

const secret = "a secret of the registry's hook";

let redis: StoreServer | undefined;
let walk: Walk;
let registries: readonly Distribution[];
let hook: string;

beforeAll(async () => {
  const port = await freePort();
  hook = `http://127.0.0.1:${port}/registry/local`;
  const notifications = { url: hook, headers: { authorization: secret } };
  registries = await Promise.all(
    distributions().map(({ binary }) => startDistribution({ auth: "token", binary, notifications })),
  );
  const binary = redisBinary();
  redis = binary === undefined ? undefined : await startRedis(binary);
  const store = redis?.backend.kind === "redis" ? { REDIS_URL: redis.backend.url } : {};
  const local = { kind: "distribution", name: "local", header: "authorization" } as const;
  const hooks = [{ ...local, images: [], perMinute: 6_000, secrets: [secret] }];
  const settings = { adminToken, hooks, registries: registries.map((registry) => registry.settings) };
  walk = await startWalk({ PORT: String(port), ...store }, { settings });
});

afterAll(async () => {
  await walk?.close();
  await Promise.all((registries ?? []).map((registry) => registry.close()));
  await redis?.dispose();
});

/** A repository with the app `web` on this image, of which Sluice knows. */
async function watching({ host }: Distribution, name: string): Promise<RepositoryRef> {
  const image = `${host}/acme/${name}`;
  const wish = `images:\n  - { image: "${image}", policy: { semver: "^1.0" }, environments: [staging] }\n`;
  const files = Object.entries(gitopsFiles()).map(([path, text]) => [
    path,
    (path === ".sluice.yaml" ? `${text}${wish}` : text).replaceAll("ghcr.io/acme/web", image),
  ]);
  const repository = await walk.repository(Object.fromEntries(files));
  await walk.github.commit({ ...repository, branch: "main", files: { "README.md": "The beginning.\n" } });
  // Before the first image is pushed, what is concluded is that there is none.
  await eventually("Sluice to know what the repository asks for", async () => /results":\[\{/.test(await log(image)));
  return repository;
}

async function log(image: string): Promise<string> {
  const url = new URL(`/events.json?image=${encodeURIComponent(image)}`, hook);
  return (await fetch(url, { headers: { authorization: `Bearer ${adminToken}` } })).text();
}

function bump(repository: RepositoryRef): Promise<PullSummary> {
  return eventually("a pull request", () => walk.github.pulls(repository)[0]);
}

describe.each(distributions().map(({ version }, index) => ({ version, index })))(
  "the notifications of a Distribution $version",
  ({ version, index }) => {
    it("bring a pull request", async () => {
      const registry = registries[index];
      if (registry === undefined) throw new Error(`no Distribution ${version}`);
      const repository = await watching(registry, "web");
      await registry.push("acme/web", "1.2.0");
      const digest = await registry.push("acme/web", "1.4.0", { platforms: ["linux/amd64", "linux/arm64"] });
      const pull = await bump(repository);
      expect(pull.title).toBe("Update web in staging: 1.2.0 → 1.4.0");
      expect(pull.body).toContain(`:1.4.0@${digest}`);
    });
  },
);

describe("a registry that is down when its event is handled", () => {
  it("is asked again when it is back, and the pull request comes", async () => {
    const [registry] = registries;
    if (registry === undefined) throw new Error("no Distribution");
    const repository = await watching(registry, "api");
    const digest = await registry.push("acme/api", "1.2.0");
    const image = `${registry.host}/acme/api`;
    await eventually("the first tag to be looked at", async () => (await log(image)).includes('"tag":"1.2.0"'));
    // Of what is written into its store the registry tells nobody.
    await registry.writeTags("acme/api", digest, ["1.4.0"]);
    await registry.stop();
    expect(await tell(registry.host, "acme/api", "1.4.0")).toBe(202);
    await eventually("a look that failed", async () => (await failedLooks()) > 0);
    expect(await log(image)).toContain("event-of-the-outage");
    expect(walk.github.pulls(repository)).toEqual([]);
    await registry.restart();
    expect((await bump(repository)).title).toBe("Update api in staging: 1.2.0 → 1.4.0");
    expect(walk.github.pulls(repository)).toHaveLength(1);
  });
});

/** The event that the registry sent before it went down. */
async function tell(host: string, repository: string, tag: string): Promise<number> {
  const event = { id: "event-of-the-outage", action: "push", target: { repository, tag }, request: { host } };
  const answer = await fetch(hook, {
    method: "POST",
    headers: { authorization: secret, "content-type": "application/vnd.docker.distribution.events.v2+json" },
    body: JSON.stringify({ events: [event] }),
  });
  await answer.body?.cancel();
  return answer.status;
}

/** Looks that will be made again. */
async function failedLooks(): Promise<number> {
  const text = await (
    await fetch(new URL("/metrics", hook), { headers: { authorization: `Bearer ${adminToken}` } })
  ).text();
  return Number(/^sluice_job_seconds_count\{type="image",outcome="retry"\} (\d+)/m.exec(text)?.[1] ?? 0);
}
