import { describe, expect, it } from "vitest";
import type { Command } from "../../../src/model/command.ts";
import { Fault, UserError } from "../../../src/model/errors.ts";
import type { CommandJob } from "../../../src/model/jobs.ts";
import type { RunContext } from "../../../src/model/queue.ts";
import { diffCommand } from "../../../src/preview/commands/diff.ts";
import { runCommands } from "../../../src/webhooks/commands/run.ts";
import { TABLE } from "../../../src/webhooks/commands/table.ts";
import {
  commandJob,
  firstRun,
  type MemoryCommands,
  memoryCommands,
  memoryEvents,
  memoryGitHub,
  memoryLog,
  memoryQueue,
} from "../fakes.ts";

function world(table?: MemoryCommands["table"]) {
  const github = memoryGitHub();
  github.permissions = { mona: "triage", reader: "read" };
  const queue = memoryQueue();
  const commands = memoryCommands();
  const events = memoryEvents();
  const log = memoryLog();
  const options = { github: async () => github, events, log, table: table ?? commands.table, ports: { queue } };
  const run = (job: CommandJob, context: RunContext = firstRun()) => runCommands(job, options, context);
  return { github, queue, commands, received: events.received, log, run };
}

const PREVIEW = { type: "preview", installationId: 1, repository: { owner: "acme", name: "gitops" }, pullRequest: 7 };

describe("running commands", () => {
  it("/diff asks for a preview and says so, once", async () => {
    const { github, queue, run } = world();
    await run(commandJob("/diff"));
    expect(queue.jobs).toEqual([PREVIEW]);
    expect(github.reactions).toEqual(["100 eyes", "100 rocket"]);
    expect([...github.comments]).toEqual([
      [
        "7/reply-100",
        "✅ Checking the newest commit again; the comment and the check are updated.\n\n<sub>`/diff` by `mona`</sub>",
      ],
    ]);
  });

  it("/help lists every command of the table", async () => {
    const { github, run } = world();
    await run(commandJob("/help", { actor: "reader" }));
    const reply = github.comments.get("7/reply-100") ?? "";
    for (const { name } of TABLE)
      expect(reply).toMatch(name === "help" ? /`\/help`/ : new RegExp(`^\\| \`/${name}\\b.*\` \\| [A-Z].* \\|$`, "m"));
  });

  it("several commands get one reply that names each", async () => {
    const { github, run } = world();
    await run(commandJob("/diff\n/dif\n/help"));
    const reply = github.comments.get("7/reply-100") ?? "";
    expect(github.comments.size).toBe(1);
    expect(reply).toMatch(/^2 of 3 commands done:\n\n✅ Checking .*\n\n<sub>`\/diff`<\/sub>/);
    expect(reply).toContain("❌ **Unknown command `/dif`.** Did you mean `/diff`?");
    expect(reply).toContain("<sub>`/help`</sub>");
    expect(github.reactions).toEqual(["100 eyes", "100 -1"]);
  });

  it("each command is announced with its actor: done, refused with the reason, or no command at all", async () => {
    const { received, run } = world();
    await run(commandJob("/diff\n/diff much\n/dif", { actor: "mona" }));
    const about = { pullRequest: 7, commentId: 100, actor: { kind: "person", login: "mona" } };
    expect(received).toEqual([
      expect.objectContaining({
        ...about,
        kind: "command.done",
        command: "diff",
        id: expect.stringMatching(/-100-1$/),
      }),
      expect.objectContaining({
        ...about,
        kind: "command.refused",
        command: "diff",
        text: "diff much",
        error: "usage",
      }),
      expect.objectContaining({
        ...about,
        kind: "command.refused",
        command: "dif",
        reason: "there is no such command",
      }),
    ]);
    expect(received[2]).not.toHaveProperty("error");
  });

  it("a command without the right is announced as refused, one that Sluice failed at only after the last attempt", async () => {
    const { received, commands, run } = world();
    await run(commandJob("/diff", { actor: "reader" }));
    expect(received).toMatchObject([{ kind: "command.refused", error: "permission", actor: { login: "reader" } }]);
    received.length = 0;
    commands.trouble.status = new Fault("unavailable", "GitHub is away");
    const job = commandJob("/status", { commentId: 101 });
    await expect(run(job)).rejects.toThrow("GitHub is away");
    expect(received).toEqual([]);
    await expect(run(job, firstRun({ attempt: 6, lastAttempt: true }))).rejects.toThrow("GitHub is away");
    expect(received).toMatchObject([{ kind: "command.failed", command: "status" }]);
  });

  it("what is no command never fails, also when GitHub is away in the last attempt", async () => {
    const { github, received, run } = world();
    github.permission = () => Promise.reject(new Fault("unavailable", "GitHub is away"));
    const last = firstRun({ attempt: 6, lastAttempt: true });
    await expect(run(commandJob("/dif\n/diff"), last)).rejects.toThrow("GitHub is away");
    expect(received).toMatchObject([
      { kind: "command.refused", command: "dif", reason: "there is no such command" },
      { kind: "command.failed", command: "diff" },
    ]);
  });

  it("who may not is told what is needed, and nothing is done", async () => {
    const { github, queue, run } = world();
    await run(commandJob("/diff", { actor: "reader" }));
    expect(queue.jobs).toEqual([]);
    expect(github.reactions).toEqual(["100 eyes", "100 -1"]);
    expect(github.comments.get("7/reply-100")).toContain(
      "❌ **Not allowed:** `/diff` needs triage access. Ask someone who has it to comment:\n\n```text\n/diff\n```\n\n<sub>`/diff` by `reader`, who has read access</sub>",
    );
  });

  it("the right is the one at the time of the run", async () => {
    const { github, queue, run } = world();
    github.permissions = {};
    await run(commandJob("/diff"));
    expect(queue.jobs).toEqual([]);
  });

  it("what does not fit is refused with the usage", async () => {
    const { github, run } = world();
    await run(commandJob("/diff --force"));
    expect(github.comments.get("7/reply-100")).toContain(
      "❌ **Not checked:** there is no flag `--force`. Write `/diff [live <env> [app…]]`.",
    );
  });

  it("at most ten commands of a comment are carried out", async () => {
    const { github, queue, run } = world();
    await run(commandJob(Array.from({ length: 12 }, () => "/diff").join("\n")));
    expect(queue.jobs).toHaveLength(10);
    expect(github.comments.get("7/reply-100")).toContain(
      "a comment may have 10 commands; the last 2 were not carried out",
    );
  });

  it("running the same comment again leaves one reply and one reaction of each kind", async () => {
    const { github, run } = world();
    await run(commandJob("/diff"));
    await run(commandJob("/diff"), firstRun({ attempt: 2 }));
    expect(github.comments.size).toBe(1);
    expect(github.reactions).toEqual(["100 eyes", "100 rocket"]);
  });

  it("a store that does not answer is thrown for a retry; nobody is told yet", async () => {
    const { github, queue, run } = world();
    queue.fail = new Fault("unavailable", "the store does not answer");
    await expect(run(commandJob("/diff"))).rejects.toBe(queue.fail);
    expect(github.reactions).toEqual(["100 eyes"]);
    expect(github.comments.size).toBe(0);
  });

  it("on the last attempt the person is told that it failed", async () => {
    const { github, queue, run } = world();
    queue.fail = new Fault("unavailable", "the store does not answer");
    await expect(run(commandJob("/diff"), firstRun({ lastAttempt: true }))).rejects.toBe(queue.fail);
    expect(github.reactions).toEqual(["100 eyes", "100 -1"]);
    expect(github.comments.get("7/reply-100")).toContain(
      "❌ **Not checked:** GitHub or the network failed at every try. Please comment `/diff` again.",
    );
  });

  it("a bug is told on the last attempt only, for it is retried; that telling fails does not hide it", async () => {
    const bug = new Fault("bug", "oops");
    const broken: Command<unknown> = { ...diffCommand, run: () => Promise.reject(bug) };
    const { github, log, run } = world([broken]);
    await expect(run(commandJob("/diff"))).rejects.toBe(bug);
    expect(github.reactions).toEqual(["100 eyes"]);
    github.upsertComment = () => Promise.reject(new Fault("unavailable", "GitHub is down"));
    await expect(run(commandJob("/diff"), firstRun({ lastAttempt: true }))).rejects.toBe(bug);
    expect(log.lines.join()).toContain("cannot reply that commands failed");
  });

  it("a user's error of a command is its result", async () => {
    const refusing: Command<unknown> = {
      ...diffCommand,
      run: () => Promise.reject(new UserError("refused", "the base is frozen", { fix: "wait" })),
    };
    const { github, run } = world([refusing]);
    await run(commandJob("/diff"));
    expect(github.comments.get("7/reply-100")).toContain("❌ **Not checked:** the base is frozen. Wait.");
  });

  it("a comment whose commands are not known any more is left alone", async () => {
    const { github, run } = world([diffCommand]);
    await run(commandJob("/promote prod"));
    expect(github.reactions).toEqual([]);
  });

  it("an interrupted run stops before the next command", async () => {
    const { queue, run } = world();
    await expect(run(commandJob("/diff"), firstRun({ signal: AbortSignal.abort() }))).rejects.toMatchObject({
      kind: "timeout",
    });
    expect(queue.jobs).toEqual([]);
  });

  it("a worker that is told to stop is no failure, on the last attempt neither: the next run tells", async () => {
    const stop = new AbortController();
    const stopped = async () => {
      stop.abort();
      throw new Error("aborted");
    };
    const { github, run } = world([{ ...diffCommand, run: stopped }]);
    await expect(run(commandJob("/diff"), firstRun({ signal: stop.signal, lastAttempt: true }))).rejects.toThrow();
    expect(github.reactions).toEqual(["100 eyes"]);
    expect(github.comments.size).toBe(0);
  });

  it("a worker that is told to stop when all is done says nothing either: the job is run again", async () => {
    const stop = new AbortController();
    const lost = new Fault("unavailable", "the job's lock was lost");
    const losing = async () => {
      stop.abort(lost);
      return "said";
    };
    const { github, run } = world([{ ...diffCommand, run: losing }]);
    const context = firstRun({ signal: stop.signal });
    await expect(run(commandJob("/diff"), context)).rejects.toMatchObject({ kind: "timeout" });
    expect(github.comments.size).toBe(0);
  });

  it("a deadline that passed on the last attempt is told", async () => {
    const { github, run } = world();
    const signal = AbortSignal.abort(new Fault("timeout", "the command job ran for longer than 60000 ms"));
    await expect(run(commandJob("/diff"), firstRun({ signal, lastAttempt: true }))).rejects.toMatchObject({
      kind: "timeout",
    });
    expect(github.reactions).toEqual(["100 eyes", "100 -1"]);
    expect(github.comments.get("7/reply-100")).toContain("❌ **Not checked:** GitHub or the network failed");
  });
});

describe("several commands", () => {
  it("are carried out in order; one that is refused does not stop the next", async () => {
    const { github, commands, run } = world();
    commands.trouble.hold = new UserError("permission", "only `release` may", { fix: "ask them" });
    await run(commandJob("/hold prod\r\n/release prod\r\n/promote --nope\r\n/promote prod"));
    expect(commands.asked.map((one) => one.command)).toEqual(["hold", "release", "promote"]);
    expect(github.comments.get("7/reply-100")).toBe(
      [
        "2 of 4 commands done:",
        "",
        "- ❌ **Not allowed:** only `release` may. Ask them. (`/hold prod`)",
        "- ✅ Done (`/release prod`)",
        "- ❌ **Not promoted:** there is no flag `--nope`. Write `/promote <env> [app[@version]…] [--all] [--version <version or sha>] [--dry-run]`, as in `/promote prod`. (`/promote --nope`)",
        "- ✅ Done (`/promote prod`)",
      ].join("\n"),
    );
    expect(github.reactions).toEqual(["100 eyes", "100 -1"]);
  });

  it("wait for the retry of one that failed by nobody's doing, so that their order stays", async () => {
    const { commands, run } = world();
    commands.trouble.hold = new Fault("unavailable", "GitHub is away");
    await expect(run(commandJob("/hold prod\n/promote prod"))).rejects.toBe(commands.trouble.hold);
    expect(commands.asked.map((one) => one.command)).toEqual(["hold"]);
  });

  it("are all tried when no retry comes, and the reply tells them apart", async () => {
    const { github, commands, run } = world();
    commands.trouble.hold = new Fault("unavailable", "GitHub is away");
    const context = firstRun({ lastAttempt: true });
    await expect(run(commandJob("/hold prod\n/status"), context)).rejects.toBe(commands.trouble.hold);
    const reply = github.comments.get("7/reply-100");
    expect(reply).toContain("❌ **Not put on hold:** GitHub or the network failed at every try.");
    expect(reply).toContain("- ✅ Done (`/status`)");
  });

  it("are known apart by their lines, the same in every run", async () => {
    const { commands, run } = world();
    await run(commandJob("/status\n\n/retry"));
    await run(commandJob("/status\n\n/retry"), firstRun({ attempt: 2, firstRun: false }));
    const ids = commands.asked.map(({ call }) => call.id);
    expect(ids).toEqual(["comment-100-1", "comment-100-3", "comment-100-1", "comment-100-3"]);
  });
});

describe("a command of a room", () => {
  it("tells who, where, when and with what right", async () => {
    const { commands, run } = world();
    const { signal } = new AbortController();
    const job = commandJob("/status", { actor: "reader" });
    await run(job, firstRun({ signal }));
    const { installationId, repository, pullRequest, actor, at } = job;
    const call = {
      installationId,
      repository,
      pullRequest,
      actor,
      at,
      permission: "read",
      id: "comment-100-1",
      signal,
    };
    expect(commands.asked).toEqual([{ command: "status", call, given: { words: [], flags: {} } }]);
  });

  it("of somebody without any right in the repository is refused before it is asked", async () => {
    const { github, commands, run } = world();
    const body = "/promote prod\n/rollback prod\n/hold prod\n/release prod\n/override soak x\n/ack x\n/status\n/retry";
    await run(commandJob(body, { actor: "stranger" }));
    expect(commands.asked).toEqual([]);
    expect(github.comments.size).toBe(1);
    expect(github.comments.get("7/reply-100")?.match(/❌/g)).toHaveLength(8);
  });

  it("of a reader comes with that right to where the configuration is read; `/retry` needs more", async () => {
    const { commands, run } = world();
    commands.trouble.promote = new UserError("permission", "`prod` may be promoted by `release` only");
    await run(commandJob("/promote prod\n/retry", { actor: "reader" }));
    expect(commands.asked).toMatchObject([{ command: "promote", call: { permission: "read", actor: "reader" } }]);
  });
});

describe("the reply", () => {
  it("is written without a search on the job's first run, with one later", async () => {
    const { github, run } = world();
    await run(commandJob("/status"));
    await run(commandJob("/status"), firstRun({ attempt: 2, firstRun: false }));
    expect(github.written).toEqual([{ first: true }, { first: false }]);
  });

  it("names each command as it was written, short and inside its code span", async () => {
    const { github, run } = world();
    await run(commandJob(`/hold prod @everyone \`code\` ${"x".repeat(100)}`));
    expect(github.comments.get("7/reply-100")).toContain(
      `<sub>\`/hold prod @everyone code ${"x".repeat(40)}…\` by \`mona\`</sub>`,
    );
  });

  it("of many long answers fits into one comment and says what is left out, code and folds closed", async () => {
    const { github, commands, run } = world();
    commands.said = `plan\n<details><summary>x</summary>\n\n\`\`\`\`diff\n${"+ a line with ``` in it\n".repeat(1_000)}\`\`\`\`\n</details>`;
    await run(commandJob(Array.from({ length: 10 }, () => "/promote prod --dry-run").join("\n")));
    const reply = github.comments.get("7/reply-100") ?? "";
    expect(reply.length).toBeLessThan(62_000);
    expect(reply.match(/^````$/gm)).toHaveLength(10);
    expect(reply.match(/<\/details>/g)).toHaveLength(10);
    expect(reply.match(/The rest does not fit/g)).toHaveLength(10);
  });
});
