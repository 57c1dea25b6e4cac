import type { Arguments, Command, CommandCall, CommandInfo } from "../../src/model/command.ts";
import type { Events, SluiceEvent } from "../../src/model/events.ts";
import type { CommentOptions, GitHub, Permission, Reaction } from "../../src/model/github.ts";
import type { Job } from "../../src/model/job-kinds.ts";
import type { CommandJob } from "../../src/model/jobs.ts";
import type { Logger, Metrics } from "../../src/model/observe.ts";
import type { Queue, RunContext } from "../../src/model/queue.ts";
import { diffCommand } from "../../src/preview/commands/diff.ts";
import { helpCommand } from "../../src/webhooks/commands/help.ts";
import { TABLE } from "../../src/webhooks/commands/table.ts";
import { memoryRecords } from "../support/memory-records.ts";

/** A queue that only remembers what was added; `fail` makes the next adds reject. */
export interface MemoryQueue extends Queue {
  readonly jobs: Job[];
  fail: Error | undefined;
}

/** Makes a queue of that kind. */
export function memoryQueue(): MemoryQueue {
  const jobs: Job[] = [];
  const queue: MemoryQueue = {
    jobs,
    fail: undefined,
    async add(job) {
      if (queue.fail !== undefined) throw queue.fail;
      jobs.push(job);
    },
    start: async () => undefined,
    healthy: async () => true,
    counts: async () => ({ waiting: jobs.length, active: 0, delayed: 0, failed: 0 }),
    records: memoryRecords(),
    close: async () => undefined,
  };
  return queue;
}

/** One repository's comments and reactions in memory. */
export interface MemoryGitHub extends GitHub {
  readonly comments: Map<string, string>;
  readonly reactions: string[];
  /** How each comment was written. */
  readonly written: (CommentOptions | undefined)[];
  permissions: Readonly<Record<string, Permission>>;
}

/** Makes a GitHub of that kind. */
export function memoryGitHub(): MemoryGitHub {
  const comments = new Map<string, string>();
  const reactions: string[] = [];
  const written: (CommentOptions | undefined)[] = [];
  const refuse = async () => Promise.reject(new Error("not part of this test"));
  const github: MemoryGitHub = {
    comments,
    reactions,
    written,
    permissions: {},
    pullRequest: refuse,
    upsertCheck: refuse,
    async upsertComment(number, marker, body, options) {
      written.push(options);
      if (options?.onlyUpdate === true && !comments.has(`${number}/${marker}`)) return { url: undefined };
      comments.set(`${number}/${marker}`, body);
      return { url: `https://github.test/${number}#${marker}` };
    },
    changedFiles: async () => [],
    ownComment: async (number, marker) => comments.get(`${number}/${marker}`),
    async react(commentId: number, reaction: Reaction) {
      const one = `${commentId} ${reaction}`;
      if (!reactions.includes(one)) reactions.push(one);
    },
    permission: async (user) => github.permissions[user] ?? "none",
  };
  return github;
}

/**
 * Commands that only remember what was asked of them; what is in `trouble` under a command's name is thrown instead.
 */
export interface MemoryCommands {
  readonly table: readonly Command<{ readonly queue: Pick<Queue, "add"> }>[];
  readonly asked: { readonly command: string; readonly call: CommandCall; readonly given: Arguments }[];
  readonly trouble: Record<string, Error>;
  /** What each says. */
  said: string;
}

/** Sluice's commands, of which only `/diff` and `/help` are carried out. */
export function memoryCommands(): MemoryCommands {
  const asked: MemoryCommands["asked"] = [];
  const trouble: MemoryCommands["trouble"] = {};
  const remembering = (info: CommandInfo): MemoryCommands["table"][number] => ({
    ...info,
    async run(given, call) {
      asked.push({ command: info.name, call, given });
      const error = trouble[info.name];
      if (error !== undefined) throw error;
      return commands.said;
    },
  });
  const real = [diffCommand, helpCommand(() => TABLE)];
  const table = TABLE.map((info) => real.find(({ name }) => name === info.name) ?? remembering(info));
  const commands: MemoryCommands = { table, asked, trouble, said: "done" };
  return commands;
}

/** A logger that keeps its lines. */
export function memoryLog(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (fields: unknown, message: string) => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  const log = { lines, debug: write, info: write, warn: write, error: write, child: () => log };
  return log;
}

/** Events that only remember what was announced and dispatched. */
export function memoryEvents(): Events & { readonly received: SluiceEvent[] } {
  const received: SluiceEvent[] = [];
  return {
    received,
    announce: (event) => void received.push(event),
    dispatch: async (event) => void received.push(event),
  };
}

/** A comment with commands. */
export function commandJob(body: string, more: Partial<CommandJob> = {}): CommandJob {
  return {
    type: "command",
    installationId: 1,
    repository: { owner: "acme", name: "gitops" },
    pullRequest: 7,
    commentId: 100,
    actor: "mona",
    body,
    at: Date.UTC(2026, 10, 23, 9),
    ...more,
  };
}

/** The first of several attempts. */
export function firstRun(more: Partial<RunContext> = {}): RunContext {
  return { signal: new AbortController().signal, attempt: 1, lastAttempt: false, firstRun: true, ...more };
}

/** Metrics that keep REST calls only. */
export function memoryMetrics(): Metrics & {
  readonly calls: { readonly repository: string; readonly route: string; readonly status: number }[];
} {
  const calls: { repository: string; route: string; status: number }[] = [];
  const nothing = () => undefined;
  const restCall = (repository: string, route: string, status: number) =>
    void calls.push({ repository, route, status });
  return { calls, restCall, job: nothing, webhook: nothing, render: nothing };
}
