import { evaluateAfterHold, runImage, runImagePull, runRegistry, runWatch } from "../../../src/images/run/index.ts";
import type { CheckReport, PullRequest, SourceCommits } from "../../../src/model/github.ts";
import type { CommitCheck } from "../../../src/model/github-repository.ts";
import type { ImageConclusion } from "../../../src/model/images.ts";
import type { HistoryEntry } from "../../../src/model/state.ts";
import { runGates, runPromotions, runStatusComment } from "../../../src/promote/run/index.ts";
import { appFiles, worldConfig } from "../../promote/support/memory-world.ts";
import type { PushedFacts } from "../../support/memory-registry.ts";
import { type MemoryWorld, memoryWorld, where } from "../../support/memory-world.ts";

/** Image pull requests of one repository in memory; promotions and rollbacks are played as well. */
export interface ImageWorld extends MemoryWorld {
  /** Pushes an image, as `web:1.4.0`, of which the registry tells; gives its digest. */
  release(reference: string, facts?: PushedFacts): Promise<string>;
  /** A person's commit on `main`, with its events. */
  commit(files: Readonly<Record<string, string | null>>, by?: string): Promise<void>;
  /** Image pull requests, oldest first. */
  bumps(state?: "open" | "closed"): readonly PullRequest[];
  /** The newest of them. */
  bump(state?: "open" | "closed"): PullRequest;
  /** What another system says of the pull request's head, which is no longer new by then. */
  ci(pull: PullRequest, state: CommitCheck["state"]): Promise<void>;
  /** The newest report of the check "Sluice image" on the pull request's head. */
  check(pull: PullRequest): Promise<CheckReport | undefined>;
  /** Somebody runs that check again. */
  checkAgain(pull: PullRequest): Promise<void>;
  /** What the event log says of an image, newest first. */
  conclusions(name?: string): Promise<readonly ImageConclusion[]>;
  /** The newest sentence of it. */
  concluded(name?: string): Promise<string>;
  /** What was decided about web in staging. */
  history(): Promise<readonly HistoryEntry[]>;
  /** The names of Sluice's own branches. */
  branches(): readonly string[];
}

/** The entry of `web` in staging, with these further keys. */
export function entry(more = "", policy = 'semver: "^1.0"', name = "web"): string {
  return `  - { image: "${imageOf(name)}", policy: { ${policy} }, environments: [staging]${more} }\n`;
}

/** The full name of an image. */
export function imageOf(name: string): string {
  return `ghcr.io/acme/${name}`;
}

/** `.sluice.yaml` with these entries. */
export function imageConfig(images: string): string {
  return `${worldConfig("")}images:\n${images}`;
}

/** Makes one that asks for these images; `files` stand over the app `web`, 1.2.0 in staging and 1.3.0 in prod. */
export async function imageWorld(
  images = entry(),
  files: Readonly<Record<string, string>> = {},
  source?: SourceCommits,
): Promise<ImageWorld> {
  const apps = { ...appFiles("web", "staging", "1.2.0"), ...appFiles("web", "prod", "1.3.0") };
  const world = memoryWorld({
    files: { ".sluice.yaml": imageConfig(images), ...apps, ...files },
    source,
    pushed: [
      { type: "promotions", ...where, defaultBranch: "main" },
      { type: "watch", ...where, defaultBranch: "main" },
    ],
    async run(job, ports, context) {
      if (job.type === "promotions") await runPromotions(job, ports, context);
      else if (job.type === "gates") await runGates(job, ports, context);
      else if (job.type === "status-comment") await runStatusComment(job, ports, context);
      else if (job.type === "registry") await runRegistry(job, ports, context);
      else if (job.type === "watch") await runWatch(job, ports, context);
      else if (job.type === "image") await runImage(job, ports, context);
      else if (job.type === "image-pull") await runImagePull(job, ports, context);
    },
    on: (event, ports) => evaluateAfterHold(event, ports, new AbortController().signal),
  });
  await world.settle();
  const { github, registry } = world;
  let events = 0;
  const bumps: ImageWorld["bumps"] = (state) => world.pulls("sluice/image/", state);
  const conclusions = async (name = "web") => world.ports.eventLog.conclusions({ image: imageOf(name), limit: 10 });
  return {
    ...world,
    async release(reference, facts) {
      const [name = "", tag = ""] = reference.split(":");
      await world.pass(1 / 60);
      const digest = registry.push(imageOf(name), tag, facts);
      events += 1;
      const event = { id: `event-${events}`, hook: "local", source: "distribution", at: world.now() };
      await world.run({ type: "registry", ...event, pushes: [{ image: imageOf(name), tag, digest }] });
      return digest;
    },
    async commit(changed, by = "ada") {
      await world.push("main", changed, by);
      await world.settle();
    },
    bumps,
    bump(state = "open") {
      const found = bumps(state).at(-1);
      if (found === undefined) throw new Error(`no image pull request is ${state}`);
      return found;
    },
    async ci(pull, state) {
      await world.pass(31 / 60);
      const { head } = await world.again(pull);
      const completedAt = state === "pending" ? undefined : new Date(world.now()).toISOString();
      github.checksOf.set(head.sha, [{ name: "ci", state, completedAt, url: undefined }]);
      await world.settle();
    },
    check: (pull) => world.report(pull, "Sluice image"),
    checkAgain: (pull) => world.run({ type: "image-pull", ...where, pullRequest: pull.number }),
    conclusions,
    concluded: async (name) => (await conclusions(name))[0]?.summary ?? "",
    history: async () => (await world.decided()).history("staging", "web"),
    branches: () => [...github.repository.branches.keys()].filter((name) => name.startsWith("sluice/")),
  };
}
