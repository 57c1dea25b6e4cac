import { describe, expect, it } from "vitest";
import { fetchFailure } from "../../src/git/failure.ts";
import { createEventLog } from "../../src/images/event-log.ts";
import { type ImagePorts, runImage, runImagePull } from "../../src/images/run/index.ts";
import { UserError } from "../../src/model/errors.ts";
import type { PullRequest } from "../../src/model/github.ts";
import type { Job } from "../../src/model/job-kinds.ts";
import type { RunContext } from "../../src/model/queue.ts";
import { runPreview } from "../../src/preview/run.ts";
import {
  PROMOTION_COMMANDS,
  type PromotionPorts,
  runGates,
  runPromotions,
  runStatusComment,
} from "../../src/promote/run/index.ts";
import { defaultRetryPolicy, outcomeOf } from "../../src/queue/outcome.ts";
import { runCommands } from "../../src/webhooks/commands/run.ts";
import { memoryRecords } from "../support/memory-records.ts";
import { commandJob, memoryEvents } from "../webhooks/fakes.ts";
import { beforeCalls, interrupt } from "./support/interrupted.ts";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const automatic = "gates: { healthy: false }\npromote: { auto: true, merge: automatic }";
const branch = "sluice/promote/prod/web";
const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };
const context: RunContext = { signal: new AbortController().signal, attempt: 1, lastAttempt: false, firstRun: true };

function begin(prod = automatic, more = ""): PromotionWorld {
  const apps = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.4.0") };
  return promotionWorld({ files: { ".sluice.yaml": worldConfig(prod) + more, ...apps } });
}

const release = appFiles("web", "staging", "1.5.0");

/** How many calls a release and its promotion cost: something happens before each of them, one after the other. */
async function callsOfARelease(prod?: string): Promise<number> {
  const world = begin(prod);
  const calls = interrupt(world, 0, () => undefined);
  await world.merge(release);
  await world.settle();
  expect(await versionIn(world)).toBe(prod === undefined ? "1.5.0" : "1.4.0");
  return calls.names.length;
}

/** Plays a release in which something happens before each call, once per call. */
async function eachTime(
  act: (world: PromotionWorld) => Promise<void>,
  check: (world: PromotionWorld, at: number) => Promise<void>,
  prod?: string,
): Promise<void> {
  const calls = await callsOfARelease(prod);
  expect(calls).toBeGreaterThan(10);
  for (let at = 1; at <= calls; at += 1) {
    const world = begin(prod);
    interrupt(world, at, () => act(world));
    await world.merge(release);
    await world.settle();
    await check(world, at);
  }
}

/** A commit that does not follow what the branch has: a person forced it there. */
async function force(world: PromotionWorld, name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const { repository } = world.github;
  const [first = ""] = [...repository.branches.values()];
  const from = await repository.tree(name === "main" ? first : (repository.branches.get("main") ?? ""));
  const changes = Object.entries(files).map(
    ([path, text]) => ({ kind: "write", path, bytes: Buffer.from(text), executable: false }) as const,
  );
  const sha = await repository.commitChanges(from.oid, changes, { parents: [], message: "Forced", author: "mallory" });
  repository.branches.set(name, sha);
  return sha;
}

describe("a force push in the middle of a promotion", () => {
  it("is never merged, overwritten or thrown away, whenever it comes", async () => {
    const forced = new Map<PromotionWorld, string>();
    await eachTime(
      async (world) => {
        if (world.github.repository.branches.has(branch))
          forced.set(world, await force(world, branch, { "evil.yaml": "kind: Pod\n" }));
      },
      async (world, at) => {
        expect(await world.file("evil.yaml"), `before call ${at}`).toBe("");
        const sha = forced.get(world);
        const head = world.github.repository.branches.get(branch);
        if (sha !== undefined && head !== undefined) expect(head, `before call ${at}`).toBe(sha);
      },
    );
    expect(forced.size).toBeGreaterThan(3);
  });

  it("of the base that takes the release away leaves no promotion of it", async () => {
    await eachTime(
      async (world) => {
        const files = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.4.0") };
        await force(world, "main", { ".sluice.yaml": worldConfig(automatic), ...files });
      },
      async (world, at) => {
        expect(await versionIn(world, "staging"), `before call ${at}`).toBe("1.4.0");
        expect(await versionIn(world), `before call ${at}`).toBe("1.4.0");
      },
    );
  });
});

describe("a base that moves in the middle of a promotion", () => {
  it("keeps what was pushed, and prod gets the release all the same", async () => {
    await eachTime(
      async (world) => {
        await world.push("main", { "docs/note.md": "A note.\n", "apps/web/prod/more.yaml": "# Nothing yet.\n" });
      },
      async (world, at) => {
        expect(await versionIn(world), `before call ${at}`).toBe("1.5.0");
        expect(await world.file("docs/note.md"), `before call ${at}`).toBe("A note.\n");
      },
    );
  });
});

type Ports = ImagePorts & PromotionPorts;

/** A world with a promotion that is open, and what its jobs act through. */
async function openPromotion(pull = ""): Promise<{ world: PromotionWorld; ports: Ports }> {
  const images = `images:\n  - image: ghcr.io/acme/web\n    environments: [staging]\n    policy: { semver: ">=1" }\n${pull}`;
  const world = begin("gates: { healthy: false }\npromote: { auto: true }", images);
  await world.merge(release);
  const records = memoryRecords();
  const facts = { digest: `sha256:${"1".repeat(64)}`, mediaType: "", platforms: [], created: undefined, labels: {} };
  const registry = { tags: async () => ["1.5.0", "1.6.0"], digest: async () => facts.digest, facts: async () => facts };
  const ports = { ...world.ports, registry, records, eventLog: createEventLog(records, world.now) };
  return { world, ports };
}

type Run = (ports: Ports, world: PromotionWorld) => Promise<void>;

const imageJob = { type: "image", ...where, defaultBranch: "main", unit: "ghcr.io/acme/web" } as const;

/** Every job that asks GitHub about a repository, each with something to do. */
const jobs: readonly (readonly [string, Run])[] = [
  [
    "preview",
    async (ports, world) => {
      const { number } = await world.propose(appFiles("web", "staging", "1.6.0"));
      const settings = { fingerprintKey: ports.fingerprintKey, forks: false };
      await runPreview({ type: "preview", ...where, pullRequest: number }, ports, settings, context);
    },
  ],
  [
    "command",
    async (ports) => {
      const parts = { ...ports, events: memoryEvents(), table: PROMOTION_COMMANDS, ports };
      await runCommands(commandJob("/hold prod/web wait", { pullRequest: 1 }), parts, context);
    },
  ],
  ["promotions", (ports) => runPromotions({ type: "promotions", ...where, defaultBranch: "main" }, ports, context)],
  [
    "gates",
    (ports, world) =>
      runGates({ type: "gates", ...where, pullRequest: world.promotions("open")[0]?.number ?? 0 }, ports, context),
  ],
  ["status-comment", (ports) => runStatusComment({ type: "status-comment", ...where, pullRequest: 1 }, ports, context)],
  ["image", (ports) => runImage(imageJob, ports, context)],
  [
    "image-pull",
    async (ports, world) => {
      await runImage(imageJob, { ...ports, github: async () => world.github }, context);
      const number = Math.max(...world.github.pulls.keys());
      await runImagePull({ type: "image-pull", ...where, pullRequest: number }, ports, context);
    },
  ],
];

/** What GitHub and git say once the App is suspended or uninstalled, or the repository is taken from it. */
const gone = () => new UserError("not-found", "GitHub answered 404 to POST /app/installations/1/access_tokens");

describe("the App that is suspended or uninstalled in the middle", () => {
  it.each(jobs)("ends a %s job quietly, whenever that happens: nothing is tried again", async (_, run) => {
    for (let at = 1, reached = true; reached; at += 1) {
      const { world, ports } = await openPromotion();
      reached = false;
      const { mirrors } = ports;
      const calls = beforeCalls(world, (count) => {
        if (count < at) return;
        reached = true;
        throw gone();
      });
      const open: typeof mirrors.open = async (...args) => {
        if (reached) throw gone();
        return mirrors.open(...args);
      };
      const ended = { ...ports, github: world.ports.github, mirrors: { ...mirrors, open } };
      const error = await run(ended, world).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const doing = `call ${at} (${calls.names.at(-1)})`;
      if (error !== undefined)
        expect(outcomeOf(error, { attempt: 1, jitter: 0, policy: defaultRetryPolicy }), doing).toEqual({
          action: "ack",
        });
      expect(at, "a job that never ends").toBeLessThan(60);
      if (!reached) expect(at, "a job that asks GitHub nothing").toBeGreaterThan(2);
    }
  });
});

describe("in the middle of an image bump", () => {
  /** A bump that merges by itself, in which something happens before each call; gives the worlds as they are then. */
  async function bumps(act: (world: PromotionWorld) => Promise<void>): Promise<readonly PromotionWorld[]> {
    const worlds: PromotionWorld[] = [];
    for (let at = 1, reached = true; reached; at += 1) {
      const { world, ports } = await openPromotion("    pullRequest: { autoMerge: true }\n");
      const calls = interrupt(world, at, () => act(world));
      const all = { ...ports, github: world.ports.github };
      // The second finds the head old enough; the third is for what moved right before the merge.
      for (let round = 0; round < 3; round += 1) {
        await runImage(imageJob, all, context);
        for (const { number, head } of world.promotions())
          if (head.ref.startsWith("sluice/image/"))
            await runImagePull({ type: "image-pull", ...where, pullRequest: number }, all, context);
        // A head that is not new any more needs no checks where none come.
        await world.pass(1);
      }
      reached = calls.names.length >= at;
      worlds.push(world);
    }
    expect(worlds.length).toBeGreaterThan(8);
    return worlds;
  }

  it("a force push is never merged nor overwritten", async () => {
    const forced = new Map<PromotionWorld, readonly [string, string]>();
    const worlds = await bumps(async (world) => {
      const name = [...world.github.repository.branches.keys()].find((one) => one.startsWith("sluice/image/"));
      if (name !== undefined) forced.set(world, [name, await force(world, name, { "evil.yaml": "kind: Pod\n" })]);
    });
    for (const world of worlds) {
      expect(await world.file("evil.yaml")).toBe("");
      const [name = "", sha] = forced.get(world) ?? [];
      const head = world.github.repository.branches.get(name);
      if (head !== undefined) expect(head).toBe(sha);
    }
    expect(forced.size).toBeGreaterThan(3);
  });

  it("a base that moves keeps what was pushed, and gets the tag all the same", async () => {
    const worlds = await bumps(async (world) => void (await world.push("main", { "docs/note.md": "A note.\n" })));
    for (const world of worlds) expect(await versionIn(world, "staging")).toBe("1.6.0");
    for (const world of worlds.slice(0, -1)) expect(await world.file("docs/note.md")).toBe("A note.\n");
  });
});

describe("a force push in the middle of a preview", () => {
  it("has the new head shown and the old one never, also when GitHub has the old one no longer", async () => {
    for (let at = 1, reached = true; reached; at += 1) {
      const { world, ports } = await openPromotion();
      const { branches } = world.github.repository;
      const pull = await world.propose(appFiles("web", "staging", "1.6.0"));
      const old = pull.head.sha;
      const calls = interrupt(world, at, async () => {
        await force(world, pull.head.ref, appFiles("web", "staging", "1.7.0"));
      });
      const open: typeof ports.mirrors.open = async (request, signal) => {
        if (request.want.includes(old) && branches.get(pull.head.ref) !== old)
          throw fetchFailure("fatal: remote error: upload-pack: not our ref", "https://github.test/acme/shop.git");
        return ports.mirrors.open(request, signal);
      };
      const queued: Job[] = [{ type: "preview", ...where, pullRequest: pull.number }];
      const queue = { ...ports.queue, add: async (job: Job) => void queued.push(job) };
      const all = { ...ports, github: world.ports.github, mirrors: { ...ports.mirrors, open }, queue };
      for (const job of queued)
        if (job.type === "preview")
          await runPreview(job, all, { fingerprintKey: ports.fingerprintKey, forks: false }, context);
      reached = calls.names.length >= at;
      const { head } = await world.again(pull);
      if (reached) expect(head.sha).not.toBe(old);
      // A push after the last look has an event of its own.
      if (queued.length === 1 && head.sha !== old && calls.names.at(at - 1) !== "pullRequest") continue;
      const said = world.comments(pull).get("preview") ?? "";
      expect(said, `before call ${at}`).toContain(head.sha.slice(0, 7));
      expect(said, `before call ${at}`).toContain(reached ? "1.7.0" : "1.6.0");
    }
  });
});

describe("a base that moves while another worker merges", () => {
  it("leaves no branch behind, whenever the merge comes", async () => {
    const approved = "gates: { healthy: false, approvals: 1 }\npromote: { auto: true, merge: automatic }";
    const merged: number[] = [];
    for (let at = 1, reached = true; reached; at += 1) {
      const world = begin(approved);
      await world.merge(release);
      const [promotion] = world.promotions("open");
      if (promotion === undefined) throw new Error("no promotion was opened");
      await world.push("main", appFiles("web", "prod", "1.4.0", 3));
      const { github } = world.ports;
      const calls = interrupt(world, at, async () => {
        // The other worker's calls are its own.
        const heard = world.ports.github;
        Object.assign(world.ports, { github });
        await world.approve(promotion);
        Object.assign(world.ports, { github: heard });
      });
      await runPromotions({ type: "promotions", ...where, defaultBranch: "main" }, world.ports, context).catch(
        (error: unknown) => expect(error).toMatchObject({ name: expect.stringMatching(/Fault|UserError/) }),
      );
      reached = calls.names.length >= at;
      Object.assign(world.ports, { github });
      await world.settle();
      for (const open of world.promotions("open")) await world.approve(open);
      await world.settle();
      const branches = [...world.github.repository.branches.keys()].filter((name) =>
        name.startsWith("sluice/promote/"),
      );
      expect([at, await versionIn(world), branches]).toEqual([at, "1.5.0", []]);
      if ((await world.again(promotion)).merged) merged.push(at);
    }
    expect(merged.length).toBeGreaterThan(2);
  });

  /** A sweep at whose call number `at` somebody merges the promotion, which is heard of afterwards; gives the calls. */
  async function sweepWhileItMerges(
    world: PromotionWorld,
    promotion: PullRequest,
    at: number,
  ): Promise<readonly string[]> {
    const { github } = world.ports;
    let merged: PullRequest | undefined;
    const calls = interrupt(world, at, async () => {
      if ((await world.again(promotion)).state === "open") merged = await world.landUnheard(promotion);
    });
    await runPromotions({ type: "promotions", ...where, defaultBranch: "main" }, world.ports, context).catch(
      (error: unknown) => expect(error).toMatchObject({ name: expect.stringMatching(/Fault|UserError/) }),
    );
    Object.assign(world.ports, { github });
    if (merged !== undefined) await world.hear(merged);
    return calls.names;
  }

  it("leaves none behind either where the merge is heard of only afterwards", async () => {
    for (let at = 1, reached = true; reached; at += 1) {
      const world = begin("gates: { healthy: false }\npromote: { auto: true }");
      await world.merge(release);
      const [promotion] = world.promotions("open");
      if (promotion === undefined) throw new Error("no promotion was opened");
      await world.push("main", appFiles("web", "staging", "1.6.0"));
      const calls = await sweepWhileItMerges(world, promotion, at);
      reached = calls.length >= at;
      const branches = [...world.github.repository.branches.keys()].filter((name) =>
        name.startsWith("sluice/promote/"),
      );
      const open = world.promotions("open").map(({ head }) => head.ref);
      expect([at, calls.at(at - 1), branches]).toEqual([at, calls.at(at - 1), open]);
    }
  });

  it("leaves none behind where nothing promotes by itself, and the merge is heard of only afterwards", async () => {
    for (let at = 1, reached = true; reached; at += 1) {
      const world = begin("gates: { healthy: false }");
      await world.merge(release);
      await world.say("/promote prod web");
      const [promotion] = world.promotions("open");
      if (promotion === undefined) throw new Error("no promotion was opened");
      const more = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more, namespace: prod }\n";
      await world.push("main", { "apps/web/prod/more.yaml": more });
      const calls = await sweepWhileItMerges(world, promotion, at);
      reached = calls.length >= at;
      await world.settle();
      const branches = [...world.github.repository.branches.keys()].filter((name) =>
        name.startsWith("sluice/promote/"),
      );
      const open = world.promotions("open").map(({ head }) => head.ref);
      expect([at, calls.at(at - 1), branches]).toEqual([at, calls.at(at - 1), open]);
    }
  });
});
