import { mergedWithBase } from "../../src/change/pull-request/branch.ts";
import { createSigner } from "../../src/change/signature.ts";
import { createEventLog } from "../../src/images/event-log.ts";
import type { HandledEvent } from "../../src/model/events.ts";
import type { CheckReport, PullRequest, SourceCommits } from "../../src/model/github.ts";
import type { MergeMethod, Review } from "../../src/model/github-repository.ts";
import { type Job, jobKey } from "../../src/model/job-kinds.ts";
import type { Prometheus } from "../../src/model/prometheus.ts";
import type { RunContext } from "../../src/model/queue.ts";
import type { Render, Renderer } from "../../src/model/render.ts";
import type { RepositoryState } from "../../src/model/state.ts";
import type { TreeChange } from "../../src/model/tree.ts";
import { runCommands } from "../../src/webhooks/commands/run.ts";
import { type CommandPorts, TABLE } from "../../src/webhooks/commands/table.ts";
import { ownPullJob } from "../../src/webhooks/payload.ts";
import { commandJob, memoryEvents, memoryLog, memoryQueue } from "../webhooks/fakes.ts";
import { type FakeGitHub, type FakeGitHubOptions, fakeGitHub } from "./fake-github.ts";
import { memoryRecords } from "./memory-records.ts";
import { type MemoryRegistry, memoryRegistry } from "./memory-registry.ts";
import { memoryRenderer } from "./memory-renderer.ts";
import { memoryState } from "./memory-state.ts";

/** Rooms on one repository in memory: GitHub, Git, renders, a registry, the state branch, the queue and the clock. */
export interface MemoryWorld {
  readonly github: FakeGitHub;
  readonly registry: MemoryRegistry;
  readonly ports: CommandPorts;
  /** The process that runs the jobs. */
  readonly worker: Worker;
  now(): number;
  /** Puts the clock forward, and runs what is due by then. */
  pass(minutes: number): Promise<void>;
  /** A pull request with these files (`null`: none) that a person merges into `main`; gives it as it is then. */
  merge(files: Files, by?: string, title?: string): Promise<PullRequest>;
  /** An open pull request of a person with these files. */
  propose(files: Files, by?: string): Promise<PullRequest>;
  /** A person merges an open pull request, whatever its gates say. */
  land(pull: PullRequest, by?: string): Promise<PullRequest>;
  /** The same, without the events of it; give those with `hear`. */
  landUnheard(pull: PullRequest, by?: string): Promise<PullRequest>;
  /** The events of a pull request that ended, and all jobs that come of them. */
  hear(pull: PullRequest): Promise<void>;
  /** A commit of a person on a branch, without the events of it. */
  push(branch: string, files: Files, by?: string, commit?: { readonly date: string }): Promise<string>;
  /** Comments on the pull request (the newest of a person) or on an issue of Sluice's, and gives the reply. */
  say(body: string, by?: string, on?: { readonly number: number }): Promise<string>;
  /** The reaction that the last command got. */
  reaction(): string | undefined;
  approve(pull: PullRequest, by?: string): Promise<void>;
  /** A review of the pull request's head. */
  review(pull: PullRequest, state: Review["state"], by: string): Promise<void>;
  /** A person closes a pull request that is not merged, or opens it again, and all jobs that come of that. */
  close(pull: PullRequest): Promise<void>;
  reopen(pull: PullRequest): Promise<void>;
  /** The events that a push to `main` is followed by, and all jobs that come of them. */
  settle(): Promise<void>;
  /** Runs a job, and all that come of it. */
  run(job: Job): Promise<void>;
  /** A file of a branch. */
  file(path: string, branch?: string): Promise<string>;
  /** Pull requests of branches that begin so, oldest first. */
  pulls(prefix: string, state?: "open" | "closed"): readonly PullRequest[];
  /** The pull request as it is now. */
  again(pull: PullRequest): Promise<PullRequest>;
  /** The newest report of a check of Sluice's on the pull request's head. */
  report(pull: PullRequest, name: string): Promise<CheckReport | undefined>;
  /** What was decided, as of now. */
  decided(): Promise<RepositoryState>;
  /** The comments of Sluice on a pull request, by their markers. */
  comments(pull: PullRequest): ReadonlyMap<string, string>;
}

/** A process that tests can kill: whatever its run came to, the queue then gives the job to the next one. */
export interface Worker {
  dead: boolean;
  /** Is told that a run ended, before the queue is. */
  ended(): void;
}

/** Files by path; `null` deletes. */
export type Files = Readonly<Record<string, string | null>>;

/** How a world begins, and which rooms it has. */
export interface MemoryWorldOptions {
  readonly files: Readonly<Record<string, string>>;
  /** Is told of every merge of Sluice's right before it. */
  readonly onMerge?: ((pull: PullRequest) => void) | undefined;
  /** Commits of the repositories that images are built from. */
  readonly source?: SourceCommits | undefined;
  /** Where is deployed to; without it there is no cluster. */
  readonly deploys?: Partial<Pick<CommandPorts, "clusters" | "health">> | undefined;
  /** In place of one that knows nothing. */
  readonly prometheus?: Prometheus | undefined;
  /** In place of one that knows plain manifests only. */
  readonly renderer?: Renderer | undefined;
  /** Carries out a job; one of a room that is not played is dropped. */
  run(job: Job, ports: CommandPorts, context: RunContext): Promise<void>;
  /** What a room does because of another one's decision. */
  on?(event: HandledEvent, ports: CommandPorts): Promise<void>;
  /** The jobs that a push to `main` brings. */
  readonly pushed: readonly Job[];
}

/** The repository of all worlds. */
export const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };

const minute = 60_000;
const start = Date.UTC(2026, 10, 23, 9);

/** Makes one in which ada, bob, grace and mona may write, and mona may maintain. */
export function memoryWorld(options: MemoryWorldOptions): MemoryWorld {
  const land: FakeGitHubOptions["land"] = async (pull, method) => {
    options.onMerge?.(pull);
    const sha = await landed(pull, "sluice", method);
    await enqueue(ownPullJob(where, pull.head.ref, pull.number));
    await queue.add({ type: "status-comment", ...where, pullRequest: pull.number });
    return sha;
  };
  const closed = (pull: PullRequest) => enqueue(endedJob(pull));
  const github = fakeGitHub(undefined, undefined, { land, closed, now: () => time });
  const { repository } = github;
  let time = start;
  const now = (): number => time;
  const date = (): string => new Date(time).toISOString();
  repository.branches.set("main", repository.commit(options.files, { date: date(), message: "Begin" }));
  repository.commit({});
  for (const login of ["ada", "bob", "grace", "mona"])
    github.permissions.set(login, login === "mona" ? "maintain" : "write");

  const jobs = new Map<string, Job>();
  const later = new Map<string, { readonly job: Job; readonly at: number }>();
  const queue = {
    ...memoryQueue(),
    async add(job: Job) {
      if (job.type === "scheduled") later.set(jobKey(job), { job: job.job, at: job.at });
      else jobs.set(jobKey(job), job);
    },
  };
  const enqueue = async (added: readonly Job[]): Promise<void> => {
    for (const job of added) await queue.add(job);
  };
  const move = (branch: string, sha: string): void => {
    repository.branches.set(branch, sha);
    github.movesOf.set(branch, [{ to: sha, at: time }, ...(github.movesOf.get(branch) ?? [])]);
  };
  const landed = async (pull: PullRequest, by: string, method: MergeMethod = "squash"): Promise<string> => {
    const head = repository.branches.get("main") ?? "";
    const base = { repository, head, tree: await repository.tree(head) };
    const merged = await mergedWithBase(base, pull.head.sha);
    if (merged === undefined) throw new Error(`#${pull.number} conflicts`);
    const changes = await entriesOf(repository, head, merged);
    const sha = await repository.commitChanges(base.tree.oid, changes, {
      parents: method === "merge" ? [head, pull.head.sha] : [head],
      message: messageOf(pull, method),
      date: date(),
      author: by,
    });
    move("main", sha);
    github.pulls.set(pull.number, {
      ...pull,
      state: "closed",
      merged: true,
      mergeCommit: sha,
      closedAt: time,
      mergedBy: by,
    });
    return sha;
  };
  const mirrors = { open: async () => repository, close: async () => undefined };
  const records = memoryRecords();
  let operations = 0;
  const registry = memoryRegistry();
  const events = memoryEvents();
  const ports: CommandPorts = {
    github: async () => github,
    mirrors,
    renderer: options.renderer ?? cached(memoryRenderer()),
    state: memoryState(),
    queue,
    events: {
      ...events,
      dispatch: async (event, signal) => {
        await events.dispatch(event, signal);
        await options.on?.(event, ports);
      },
    },
    log: memoryLog(),
    clock: now,
    signer: createSigner("key"),
    webUrl: "https://github.test",
    fingerprintKey: new Uint8Array(32),
    previewForks: false,
    registry,
    records,
    prometheus: options.prometheus ?? { values: async () => [] },
    eventLog: createEventLog(records, now),
    ...(options.source === undefined ? {} : { source: options.source }),
    rights: [],
    pausesMs: [0, 0],
    clusters: { open: async () => undefined },
    health: { health: async () => [] },
    process: "test",
    newId: () => {
      operations += 1;
      return `operation-${operations}`;
    },
    ...options.deploys,
  };

  const worker: Worker = { dead: false, ended: () => undefined };
  const untilAcknowledged = async (work: (firstRun: boolean) => Promise<void>): Promise<void> => {
    for (let firstRun = true; ; firstRun = false) {
      const failed = await work(firstRun).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      worker.ended();
      if (!worker.dead && failed === undefined) return;
      if (!worker.dead) throw failed?.error;
      worker.dead = false;
    }
  };
  const run = async (job: Job): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const context = { signal: new AbortController().signal, attempt, lastAttempt: attempt > 3 };
      try {
        return await untilAcknowledged((fresh) =>
          options.run(job, ports, { ...context, firstRun: attempt === 1 && fresh }),
        );
      } catch (error) {
        if (attempt > 3) throw error;
      }
    }
  };
  const drain = async (): Promise<void> => {
    for (let rounds = 0; jobs.size > 0; rounds += 1) {
      if (rounds > 200) throw new Error(`never quiet: ${[...jobs.keys()].join(", ")}`);
      for (const [key, job] of [...jobs]) {
        jobs.delete(key);
        await run(job);
      }
    }
  };
  const sweep = async (): Promise<void> => {
    await enqueue(options.pushed);
    await drain();
  };
  const changesOf = (changed: Files): readonly TreeChange[] =>
    Object.entries(changed).map(([path, text]) =>
      text === null ? { kind: "delete", path } : { kind: "write", path, bytes: Buffer.from(text), executable: false },
    );
  let branches = 0;
  let asked: PullRequest | undefined;
  let comment = 1_000;

  const world: MemoryWorld = {
    github,
    registry,
    ports,
    worker,
    now,
    async pass(minutes) {
      time += minutes * minute;
      for (const [key, { job, at }] of [...later]) {
        if (at > time) continue;
        later.delete(key);
        await queue.add(job);
      }
      await drain();
    },
    async propose(changed, by = "ada") {
      branches += 1;
      const ref = `change-${branches}`;
      const head = repository.branches.get("main") ?? "";
      const { oid } = await repository.tree(head);
      const message = `Change ${branches}`;
      const sha = await repository.commitChanges(oid, changesOf(changed), {
        parents: [head],
        message,
        date: date(),
        author: by,
      });
      repository.branches.set(ref, sha);
      const number = github.pulls.size + 1;
      const base = { sha: head, ref: "main" };
      const name = { owner: "acme", name: "gitops" };
      github.changedFilesOf.set(number, Object.keys(changed));
      asked = github.addPull({ number, title: message, author: by, base, head: { sha, ref, repository: name } });
      return asked;
    },
    async land(pull, by) {
      const merged = await world.landUnheard(pull, by);
      await world.hear(merged);
      return merged;
    },
    async landUnheard(pull, by = "ada") {
      time += 1_000;
      await landed(await github.pullRequest(pull.number), by);
      return github.pullRequest(pull.number);
    },
    async hear(pull) {
      await enqueue(endedJob(pull));
      await queue.add({ type: "status-comment", ...where, pullRequest: pull.number });
      await sweep();
    },
    async merge(changed, by = "ada", title) {
      const pull = await world.propose(changed, by);
      if (title !== undefined) github.pulls.set(pull.number, { ...pull, title });
      return world.land(pull, by);
    },
    async push(branch, changed, by = "ada", commit) {
      const head = repository.branches.get(branch) ?? "";
      const { oid } = await repository.tree(head);
      time += 1_000;
      const about = { parents: [head], message: `By ${by}`, date: commit?.date ?? date(), author: by };
      const sha = await repository.commitChanges(oid, changesOf(changed), about);
      move(branch, sha);
      github.pushersOf.set(branch, [...(github.pushersOf.get(branch) ?? []), by]);
      return sha;
    },
    async say(body, by = "ada", on: { readonly number: number } | undefined = asked) {
      comment += 1;
      const commentId = comment;
      time += 1_000;
      const pullRequest = on?.number ?? 0;
      const isIssue = [...github.issues.values()].flat().some(({ number }) => number === pullRequest);
      const place = isIssue ? { pullRequest, issue: true as const } : { pullRequest };
      const job = commandJob(body, { actor: by, commentId, ...place, at: time });
      const context = { signal: new AbortController().signal, attempt: 1, lastAttempt: true };
      await untilAcknowledged((firstRun) =>
        runCommands(job, { ...ports, table: TABLE, ports }, { ...context, firstRun }),
      );
      await drain();
      return github.comments.get(`${pullRequest}/reply-${commentId}`) ?? "";
    },
    reaction: () => github.reactions.findLast((one) => one.startsWith(`${comment} `))?.split(" ")[1],
    approve: (pull, by = "bob") => world.review(pull, "approved", by),
    async review(pull, state, by) {
      time += 1_000;
      const { head } = await github.pullRequest(pull.number);
      const before = github.reviewsOf.get(pull.number) ?? [];
      const id = pull.number * 100 + before.length;
      const review = { id, user: by, bot: false, state, commit: head.sha, at: date() };
      github.reviewsOf.set(pull.number, [...before, review]);
      await enqueue(ownPullJob(where, pull.head.ref, pull.number));
      await drain();
    },
    async close(pull) {
      time += 1_000;
      github.pulls.set(pull.number, { ...(await github.pullRequest(pull.number)), state: "closed", closedAt: time });
      await world.hear(pull);
    },
    async reopen(pull) {
      time += 1_000;
      github.pulls.set(pull.number, {
        ...(await github.pullRequest(pull.number)),
        state: "open",
        closedAt: undefined,
      });
      await enqueue(endedJob(pull));
      await drain();
    },
    settle: sweep,
    async run(job) {
      await queue.add(job);
      await drain();
    },
    async file(path, branch = "main") {
      const tree = await repository.tree(repository.branches.get(branch) ?? "");
      return Buffer.from((await tree.read(path)) ?? []).toString();
    },
    pulls: (prefix, state) =>
      [...github.pulls.values()].filter(
        (pull) => pull.head.ref.startsWith(prefix) && (state === undefined || pull.state === state),
      ),
    again: (pull) => github.pullRequest(pull.number),
    async report(pull, name) {
      const { head } = await github.pullRequest(pull.number);
      return github.checkReports.findLast((one) => one.headSha === head.sha && one.name === name);
    },
    decided: () => ports.state.read(where, new AbortController().signal),
    comments: (pull) =>
      new Map(
        [...github.comments].flatMap(([key, text]) =>
          key.startsWith(`${pull.number}/`) ? [[key.slice(`${pull.number}/`.length), text] as const] : [],
        ),
      ),
  };
  return world;
}

/** What a pull request of Sluice's that was closed, or opened again, leads to. */
function endedJob({ head, number }: PullRequest): readonly Job[] {
  return ownPullJob(where, head.ref, number).map((job) => ({ ...job, ended: true }));
}

/** What GitHub calls the commit that it makes. */
function messageOf({ title, number, head }: PullRequest, method: MergeMethod): string {
  if (method === "merge") return `Merge pull request #${number} from acme/${head.ref}`;
  return method === "rebase" ? title : `${title} (#${number})`;
}

/** What all worlds of a process rendered, by folder and its id: these targets read nothing else. */
const renders = new Map<string, Promise<Render>>();

function cached(renderer: Renderer): Renderer {
  return {
    ...renderer,
    async render(spec, source, signal) {
      const key = `${spec.path} ${(await source.tree.at(spec.path))?.oid}`;
      const render = renders.get(key) ?? renderer.render(spec, source, signal);
      renders.set(key, render);
      return render;
    },
  };
}

async function entriesOf(
  repository: FakeGitHub["repository"],
  base: string,
  merged: NonNullable<Awaited<ReturnType<typeof mergedWithBase>>>,
): Promise<readonly TreeChange[]> {
  const before = await repository.tree(base);
  const paths = new Set([...(await before.files()), ...(await merged.tree.files())]);
  const changes: TreeChange[] = [];
  for (const path of paths) {
    const [old, bytes] = [await before.read(path), await merged.tree.read(path)];
    if (bytes === undefined) changes.push({ kind: "delete", path });
    else if (old === undefined || Buffer.compare(old, bytes) !== 0)
      changes.push({ kind: "write", path, bytes, executable: false });
  }
  return changes;
}
