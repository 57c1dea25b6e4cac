import { createSigner } from "../../../src/change/signature.ts";
import { UserError } from "../../../src/model/errors.ts";
import type { SluiceEvent } from "../../../src/model/events.ts";
import type { Permission } from "../../../src/model/github.ts";
import type { Job } from "../../../src/model/job-kinds.ts";
import { PROMOTION_COMMANDS, type PromotionPorts } from "../../../src/promote/run/index.ts";
import { createStateStore } from "../../../src/state/index.ts";
import { runCommands } from "../../../src/webhooks/commands/run.ts";
import { type FakeGitHub, fakeGitHub } from "../../support/fake-github.ts";
import { memoryRecords } from "../../support/memory-records.ts";
import { commandJob, firstRun, memoryEvents, memoryLog, memoryQueue } from "../../webhooks/fakes.ts";

/** A config repository in memory with a pull request, on which people give commands. Nothing renders. */
export interface CommandWorld {
  readonly github: FakeGitHub;
  readonly ports: PromotionPorts;
  readonly jobs: readonly Job[];
  /** What the room announced and dispatched; not what the door says of commands. */
  readonly received: readonly SluiceEvent[];
  /** Comments, and gives the reply without its first line. The same `commentId` is the same comment again. */
  say(body: string, actor: string, commentId?: number): Promise<string>;
}

const config = `version: 1
environments:
  - name: staging
    path: apps/{app}/staging
  - name: prod
    path: apps/{app}/prod
    from: staging
    allow: { teams: [release] }
    gates: { healthy: false, approvals: 1, override: { users: [ada], permission: write } }
`;

const app = { "apps/web/staging/kustomization.yaml": "", "apps/web/prod/kustomization.yaml": "" };

/** People by their level; ada, olga and the reader are in the team that may act on prod. */
const people: readonly (readonly [string, Permission])[] = [
  ["ada", "write"],
  ["olga", "write"],
  ["mallory", "write"],
  ["reader", "read"],
];

/** What does not render keeps nobody from a command. */
const noRender = async () => Promise.reject(new UserError("input", "nothing renders here"));

/**
 * The pull request of number 7 goes from `branch` into `base`: `mine` has a configuration that allows everything.
 * `images` is added to that of `main`, `prod` to its environment prod.
 */
export function commandWorld({ base = "main", branch = "change", images = "", prod = "" } = {}): CommandWorld {
  const github = fakeGitHub();
  const { repository } = github;
  repository.branches.set("main", repository.commit({ ".sluice.yaml": `${config}${prod}${images}`, ...app }));
  const open = config.replace(/ {4}allow.*\n/, "");
  repository.branches.set("mine", repository.commit({ ".sluice.yaml": open, ...app }));
  const sha = repository.commit({ ".sluice.yaml": open, ...app }, { message: "Change" });
  const head = { sha, ref: branch, repository: { owner: "acme", name: "gitops" } };
  // The first decision is a commit on the empty tree.
  repository.commit({});
  repository.branches.set(branch, sha);
  github.addPull({ number: 7, head, base: { ref: base, sha: repository.branches.get(base) ?? "" } });
  for (const [login, permission] of people) github.permissions.set(login, permission);
  github.teams.set("release", ["ada", "olga", "reader"]);
  const queue = memoryQueue();
  const events = memoryEvents();
  const mirrors = { open: async () => repository, close: async () => undefined };
  const ports: PromotionPorts = {
    github: async () => github,
    mirrors,
    renderer: {
      render: noRender,
      fresh: noRender,
      yaml: noRender,
      known: async () => undefined,
      close: async () => undefined,
    },
    state: createStateStore({ mirrors, github: async () => github, random: () => 0 }),
    queue,
    events,
    log: memoryLog(),
    clock: () => Date.UTC(2026, 10, 23, 9, 1),
    signer: createSigner("key"),
    webUrl: "https://github.test",
    fingerprintKey: new Uint8Array(32),
    registry: { tags: noRender, digest: noRender, facts: noRender },
    rights: [],
    records: memoryRecords(),
    prometheus: { values: async () => [] },
  };
  let comments = 100;
  const say = async (body: string, actor: string, commentId = comments++): Promise<string> => {
    const job = commandJob(body, { actor, commentId });
    await runCommands(job, { ...ports, events: memoryEvents(), table: PROMOTION_COMMANDS, ports }, firstRun());
    return github.comments.get(`7/reply-${commentId}`)?.replace(`To \`${actor}\`:\n\n`, "") ?? "";
  };
  return { github, ports, jobs: queue.jobs, received: events.received, say };
}
