import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../sandbox/free-port.ts";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import type { LogFields, Logger } from "../../src/model/observe.ts";
import { type Distribution, distributions, startDistribution } from "../support/distribution.ts";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { type Play, startPlay } from "../support/play.ts";
import { chainFiles, release } from "../support/promotions.ts";
import { runSync } from "../support/run-sync.ts";
import { eventually } from "../support/wait.ts";
import { adminToken } from "../support/walk.ts";

// All of Sluice in this process, on a Redis where there is one and with real registries: what crosses all rooms.

const secret = "a secret of the registry's hook";

let play: Play;
let registries: readonly Distribution[];
let hook: string;
const lines: { readonly level: string; readonly event: unknown; readonly message: string }[] = [];

beforeAll(async () => {
  const port = await freePort();
  hook = `http://127.0.0.1:${port}/registry/local`;
  const notifications = { url: hook, headers: { authorization: secret } };
  registries = await Promise.all(
    distributions().map(({ binary }) => startDistribution({ auth: "token", binary, notifications })),
  );
  const local = { kind: "distribution", name: "local", header: "authorization" } as const;
  const hooks = [{ ...local, images: [], perMinute: 6_000, secrets: [secret] }];
  const settings = { adminToken, hooks, registries: registries.map((registry) => registry.settings) };
  play = await startPlay({ whole: true, settings, environment: { PORT: String(port) }, log: collecting(lines) });
});
afterAll(async () => {
  await play?.close();
  await Promise.all((registries ?? []).map((registry) => registry.close()));
});

/** A logger that keeps what is at `info` or above. */
function collecting(kept: { level: string; event: unknown; message: string }[]): Logger {
  const at = (level: string) => (fields: LogFields, message: string) => {
    kept.push({ level, event: fields.event, message });
  };
  const log = { debug: () => undefined, info: at("info"), warn: at("warn"), error: at("error"), child: () => log };
  return log;
}

describe("a pull request", () => {
  let pull: PullSummary;

  it("that changes a base gets one comment and one check on each target, for at most 8 REST calls", async () => {
    const repository = await play.repository(gitopsFiles());
    const before = play.github.requests.length;
    pull = await play.propose(repository, {
      "apps/web/base/deployment.yaml": deployment({ replicas: 2, cpu: "200m" }),
    });
    const { check, comment } = await play.answer(pull);
    expect(comment.body).toContain("cpu: 200m");
    expect(comment.body).toContain("staging");
    expect(comment.body).toContain("prod");
    expect(comment.body).toContain("checked 2 of 2");
    expect(check.conclusion).toBe("success");
    expect(play.github.comments(pull).filter((one) => one.byApp)).toHaveLength(1);
    await play.github.settled();
    await eventually("the line of the preview", () => lines.some(({ event }) => event === "preview.posted"));
    const about = lines.filter(({ message }) => message.includes(`#${pull.number}`));
    expect(about).toEqual([
      {
        level: "info",
        event: "preview.posted",
        message: `Preview posted on ${repository.owner}/${repository.name}#${pull.number}: checked 2 of 2`,
      },
    ]);
    // At the start Sluice asks once which repositories there are, and how their branches are protected.
    const asked = play.github.requests.slice(before).map(({ template }) => template ?? "");
    const own = asked.filter((template) => template.startsWith("/repos/") && !template.includes("/rules/"));
    expect(own.length).toBeLessThanOrEqual(8);
  });

  it("is answered once for a hundred deliveries of the same event", async () => {
    const first = await play.answer(pull);
    await play.quiet();
    const calls = play.github.countRequests();
    const delivery = play.github.deliveries.findLast((one) => one.event === "pull_request");
    if (delivery === undefined) throw new Error("nothing was delivered");
    const again = await Promise.all(Array.from({ length: 100 }, () => play.github.redeliver(delivery.id)));
    expect(new Set(again.map((one) => one.statusCode))).toEqual(new Set([202]));
    await play.quiet();
    expect(play.github.countRequests()).toBe(calls);
    expect(await play.answer(pull)).toEqual(first);
  });
});

async function repositoryWith(prod: string): Promise<RepositoryRef> {
  const apps = { web: { staging: "1.4.0", prod: "1.2.0" } };
  const repository = await play.repository(chainFiles({ staging: "", prod }, apps));
  for (const login of ["ada", "grace"]) play.github.setPermission({ ...repository, login, permission: "write" });
  return repository;
}

function promotions(repository: RepositoryRef): readonly PullSummary[] {
  return play.github.pulls(repository).filter((pull) => pull.headRef.startsWith("sluice/promote/"));
}

function comment(pull: PullSummary, words: string): Promise<string> {
  return eventually(
    `a comment with ${words}`,
    () => play.github.comments(pull).find(({ byApp, body }) => byApp && body.includes(words))?.body,
  );
}

async function nothingWaits(repository: RepositoryRef): Promise<void> {
  await eventually("nothing to wait", () =>
    play.file(repository, "sluice-state", "waiting.yaml").includes("waiting: []"),
  );
}

describe("/promote on a pull request that is still open", () => {
  it("is remembered, and opens the promotion once that is merged and healthy", async () => {
    const { github } = play;
    const repository = await repositoryWith("gates: { approvals: 1 }");
    const pull = await play.propose(repository, release("staging", "1.5.0"));
    expect(await play.say(pull, "/promote prod")).toContain(
      "when this pull request is merged and web is healthy in staging, the promotion to prod opens by itself",
    );
    const chain = await eventually("the chain", () => play.chain(pull));
    expect(chain).toMatch(/staging \| ◻️ comes with this pull request, has `1\.4\.0`/);
    expect(chain).toMatch(/prod \| ⏳ `ada` asked for it/);

    const { mergeCommitSha } = await github.mergePull({ ...pull, method: "squash" });
    await play.quiet();
    expect(promotions(repository)).toEqual([]);
    await github.deploy({ ...repository, environment: "staging", sha: mergeCommitSha ?? "", state: "in_progress" });
    await play.quiet();
    expect(promotions(repository)).toEqual([]);
    await github.deploy({ ...repository, environment: "staging", sha: mergeCommitSha ?? "", state: "success" });
    const promotion = await play.promotion(repository);
    expect(promotion.title).toBe("Promote web to prod: 1.2.0 → 1.5.0");
    expect(await comment(pull, "Asked for by `ada` before the merge")).toContain(`Opened #${promotion.number}`);
    await eventually("the chain", () => play.chain(pull)?.includes(`⏳ #${promotion.number} waits for 1 approval`));
    await eventually("the assignee", () => github.pull(promotion).assignees.includes("ada"));
    await nothingWaits(repository);
  });
});

/** A repository with the app `web` on this image, of which Sluice knows. */
async function watching({ host }: Distribution, name: string): Promise<RepositoryRef> {
  const image = `${host}/acme/${name}`;
  const wish = `images:\n  - { image: "${image}", policy: { semver: "^1.0" }, environments: [staging] }\n`;
  const files = Object.entries(gitopsFiles()).map(([path, text]) => [
    path,
    (path === ".sluice.yaml" ? `${text}${wish}` : text).replaceAll("ghcr.io/acme/web", image),
  ]);
  const repository = await play.repository(Object.fromEntries(files));
  await play.github.commit({ ...repository, branch: "main", files: { "README.md": "The beginning.\n" } });
  // Before the first image is pushed, what is concluded is that there is none.
  await eventually("Sluice to know what the repository asks for", async () => /results":\[\{/.test(await log(image)));
  return repository;
}

async function log(image: string): Promise<string> {
  const url = new URL(`/events.json?image=${encodeURIComponent(image)}`, hook);
  return (await fetch(url, { headers: { authorization: `Bearer ${adminToken}` } })).text();
}

function bump(repository: RepositoryRef): Promise<PullSummary> {
  return eventually("a pull request", () => play.github.pulls(repository)[0]);
}

describe.each(distributions().map(({ version }, index) => ({ version, index })))(
  "the notifications of a Distribution $version",
  ({ version, index }) => {
    it("bring a pull request that changes one value, and its check compares the digest", async () => {
      const registry = registries[index];
      if (registry === undefined) throw new Error(`no Distribution ${version}`);
      const repository = await watching(registry, "web");
      await registry.push("acme/web", "1.2.0");
      const digest = await registry.push("acme/web", "1.4.0", { platforms: ["linux/amd64", "linux/arm64"] });
      const pull = await bump(repository);
      expect(pull.title).toBe("Update web in staging: 1.2.0 → 1.4.0");
      expect(pull.body).toContain(`:1.4.0@${digest}`);
      const differs = ["diff", "--name-only", `main...${pull.headRef}`];
      const { stdout } = runSync("git", differs, { cwd: play.github.gitDir(repository) });
      expect(stdout.trim()).toBe("apps/web/overlays/staging/kustomization.yaml");
      const check = await eventually("the image check", () =>
        play.github
          .checkRuns({ ...repository, sha: pull.headSha })
          .find(({ name, title, summary }) => name === "Sluice image" && `${title}${summary}`.includes("as described")),
      );
      expect(check).toMatchObject({ conclusion: "success", headSha: pull.headSha });
      expect(check.summary).toContain(digest.slice(7, 19));
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
    expect(play.github.pulls(repository)).toEqual([]);
    await registry.restart();
    expect((await bump(repository)).title).toBe("Update api in staging: 1.2.0 → 1.4.0");
    expect(play.github.pulls(repository)).toHaveLength(1);
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
