import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEventLog } from "../../../src/images/event-log.ts";
import type { ImagePorts } from "../../../src/images/run/ports.ts";
import { runRegistry } from "../../../src/images/run/registry.ts";
import { subscriptionsTo } from "../../../src/images/run/subscriptions.ts";
import { runWatch } from "../../../src/images/run/watch.ts";
import { UserError } from "../../../src/model/errors.ts";
import type { GitHubRepository } from "../../../src/model/github-repository.ts";
import type { RegistryJob, WatchJob } from "../../../src/model/jobs.ts";
import type { RepositoryName } from "../../../src/model/tree.ts";
import { type Contexts, startContexts } from "../../support/contexts.ts";
import { gitopsFiles } from "../../support/gitops.ts";
import { memoryRecords } from "../../support/memory-records.ts";
import { type MemoryQueue, memoryQueue } from "../../webhooks/fakes.ts";

const image = "ghcr.io/acme/web";
const wish = `images:\n  - image: ${image}\n    policy: { semver: "^1.0" }\n    environments: [staging]\n`;
const config = `${gitopsFiles()[".sluice.yaml"]}${wish}`;
const files = { ...gitopsFiles(), ".sluice.yaml": config };

let contexts: Contexts;
let queue: MemoryQueue;
let ports: ImagePorts;
let repository: RepositoryName;
let count = 0;

beforeAll(async () => {
  contexts = await startContexts();
});
afterAll(() => contexts.close());
beforeEach(async () => {
  count += 1;
  repository = { owner: "acme", name: `gitops-${count}` };
  await contexts.github.createRepository({ ...repository, files });
  queue = memoryQueue();
  const records = memoryRecords();
  const asked = () => Promise.reject(new Error("no registry is asked here"));
  ports = {
    ...contexts.ports,
    queue,
    records,
    eventLog: createEventLog(records, Date.now),
    registry: { tags: asked, facts: asked, digest: asked },
    rights: [],
  };
});

const signal = AbortSignal.timeout(600_000);

function job(more: Partial<WatchJob> = {}): WatchJob {
  return { type: "watch", installationId: contexts.github.installationId, repository, defaultBranch: "main", ...more };
}

const watch = (more: Partial<WatchJob> = {}) => runWatch(job(more), ports, { signal });

/** Without a default branch, as after events that say none. */
function ask(installationId = contexts.github.installationId): Promise<void> {
  return runWatch({ type: "watch", installationId, repository }, ports, { signal });
}

/** The units that ask for the image, and why their configuration cannot be used. */
async function asking() {
  return (await subscriptionsTo(ports, image)).map(({ unit, broken }) => ({ unit, ...(broken && { broken }) }));
}

/** What is to be looked at since the last time. */
function looks(): readonly string[] {
  return queue.jobs.splice(0).flatMap((one) => (one.type === "image" ? [one.unit] : []));
}

const configure = (text: string | null) =>
  contexts.github.commit({ ...repository, branch: "main", files: { ".sluice.yaml": text } });

/** GitHub, but for what it says of the repository. */
function saying(about: GitHubRepository["about"]): void {
  const { github } = contexts.ports;
  ports = { ...ports, github: async (...args) => ({ ...(await github(...args)), about }) };
}

describe("a repository that is watched", () => {
  it("is known by the images that it asks for, and its units are looked at when those change", async () => {
    await watch();
    expect(await asking()).toEqual([{ unit: image }]);
    expect(looks()).toEqual([image]);
    await watch();
    expect(looks()).toEqual([]);
    await configure(config.replace("^1.0", "^2.0"));
    await watch();
    expect(looks()).toEqual([image]);
  });

  it("asks for none any more when its entries or its configuration are gone", async () => {
    await watch();
    await configure(config.replace(wish, ""));
    await watch();
    expect(await asking()).toEqual([]);
    await configure(config);
    await watch();
    expect(await asking()).toEqual([{ unit: image }]);
    await configure(null);
    await watch();
    expect(await asking()).toEqual([]);
  });

  it("asks for what it last asked for while its configuration is broken, which is said of every event", async () => {
    await watch();
    await configure(`${config}oops: [`);
    await watch();
    const [one] = await asking();
    expect(one).toMatchObject({ unit: image, broken: expect.stringContaining(".sluice.yaml is broken: ") });
    const event = { type: "registry", id: "1", hook: "hub", source: "dockerhub", at: Date.now() } as const;
    const pushed: RegistryJob = { ...event, pushes: [{ image, tag: "1.4.0" }] };
    await runRegistry(pushed, ports, { signal });
    const [said] = await ports.eventLog.conclusions({ image, limit: 5 });
    expect(said).toMatchObject({ repository: `acme/${repository.name}`, unit: image });
    expect(said?.summary).toMatch(/^the configuration is broken: \.sluice\.yaml is broken: /);
  });

  it("is looked at when its configuration is fixed, though it is what it was before", async () => {
    await watch();
    looks();
    await configure(`${config}oops: [`);
    await watch();
    expect(looks()).toEqual([]);
    await configure(config);
    await watch();
    expect(looks()).toEqual([image]);
    expect(await asking()).toEqual([{ unit: image }]);
  });

  it("is looked at again after a kill between what was learnt and what is to be looked at", async () => {
    queue.fail = new Error("killed");
    await expect(watch()).rejects.toThrow("killed");
    expect(await asking()).toEqual([{ unit: image }]);
    queue.fail = undefined;
    await watch();
    expect(looks()).toEqual([image]);
    await watch();
    expect(looks()).toEqual([]);
  });
});

describe("a repository that may be gone", () => {
  it("is asked for its default branch when an event does not say it", async () => {
    await ask();
    expect(await subscriptionsTo(ports, image)).toMatchObject([{ repository, defaultBranch: "main", unit: image }]);
  });

  it("is forgotten when the App may not read it or when it has no such branch, and learnt again", async () => {
    await watch();
    await watch({ defaultBranch: "trunk" });
    expect(await asking()).toEqual([]);
    await watch();
    expect(looks()).toEqual([image, image]);
    const refusing = async () => Promise.reject(new UserError("permission", "GitHub answered 403"));
    const { mirrors } = ports;
    ports = { ...ports, mirrors: { ...mirrors, open: refusing } };
    await watch();
    expect(await asking()).toEqual([]);
  });

  it("is forgotten when the App is not installed there any more, but not by late news of an earlier installation", async () => {
    await watch();
    await ask(99_999);
    expect(await asking()).toEqual([{ unit: image }]);
    saying(() => Promise.reject(new UserError("not-found", "GitHub answered 404")));
    await ask();
    expect(await asking()).toEqual([]);
  });

  it("is forgotten when it is archived, or answers under another name", async () => {
    const facts = { repository, defaultBranch: "main", archived: false };
    for (const about of [
      { ...facts, archived: true },
      { ...facts, repository: { owner: "acme", name: "renamed" } },
    ]) {
      await watch();
      expect(await asking()).toEqual([{ unit: image }]);
      saying(async () => about);
      await ask();
      expect(await asking()).toEqual([]);
    }
    saying(async () => ({ ...facts, repository: { owner: "ACME", name: repository.name } }));
    await ask();
    expect(await asking()).toEqual([{ unit: image }]);
  });

  it("stays known while GitHub is away", async () => {
    await watch();
    const { mirrors } = ports;
    const away = async () => Promise.reject(new Error("no answer"));
    ports = { ...ports, mirrors: { ...mirrors, open: away } };
    await expect(watch()).rejects.toThrow("no answer");
    expect(await asking()).toEqual([{ unit: image }]);
  });
});
