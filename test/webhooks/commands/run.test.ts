import { describe, expect, it } from "vitest";
import { Fault, UserError } from "../../../src/model/errors.ts";
import type { CommandJob } from "../../../src/model/jobs.ts";
import type { RunContext } from "../../../src/model/queue.ts";
import type { Command } from "../../../src/webhooks/commands/command.ts";
import { diff } from "../../../src/webhooks/commands/diff.ts";
import { runCommands } from "../../../src/webhooks/commands/run.ts";
import { TABLE } from "../../../src/webhooks/commands/table.ts";
import { commandJob, firstRun, memoryGitHub, memoryLog, memoryQueue } from "../fakes.ts";

function world(table = TABLE) {
  const github = memoryGitHub();
  github.permissions = { mona: "triage", reader: "read" };
  const queue = memoryQueue();
  const log = memoryLog();
  const run = (job: CommandJob, context: RunContext = firstRun()) =>
    runCommands(job, { github: async () => github, queue, log, table }, context);
  return { github, queue, log, run };
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
        "To `mona`:\n\n🚀 `/diff`: rendering the newest head again; the comment and the check are updated in place",
      ],
    ]);
  });

  it("/help lists every command of the table", async () => {
    const { github, run } = world();
    await run(commandJob("/help", { actor: "reader" }));
    const reply = github.comments.get("7/reply-100") ?? "";
    for (const command of TABLE) expect(reply).toContain(`| \`/${command.name}\` | ${command.summary} |`);
  });

  it("several commands get one reply that names each", async () => {
    const { github, run } = world();
    await run(commandJob("/diff\n/dif\n/help"));
    const reply = github.comments.get("7/reply-100") ?? "";
    expect(github.comments.size).toBe(1);
    expect(reply).toContain("🚀 `/diff`: ");
    expect(reply).toContain("👎 `/dif`: there is no such command. Did you mean `/diff`? `/help` lists all");
    expect(reply).toContain("🚀 `/help`: ");
    expect(github.reactions).toEqual(["100 eyes", "100 -1"]);
  });

  it("who may not is told what is needed, and nothing is done", async () => {
    const { github, queue, run } = world();
    await run(commandJob("/diff", { actor: "reader" }));
    expect(queue.jobs).toEqual([]);
    expect(github.reactions).toEqual(["100 eyes", "100 -1"]);
    expect(github.comments.get("7/reply-100")).toContain(
      "👎 `/diff`: it needs `triage` in this repository and `reader` has `read`. Ask somebody",
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
    expect(github.comments.get("7/reply-100")).toContain("👎 `/diff`: there is no flag `--force`. Write `/diff`");
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
      "👎 `/diff`: it could not be carried out, and it was not your doing. Try again later",
    );
  });

  it("a bug is told at once, for it is not retried; that telling fails does not hide it", async () => {
    const bug = new Fault("bug", "oops");
    const broken: Command = { ...diff, run: () => Promise.reject(bug) };
    const { github, log, run } = world([broken]);
    github.upsertComment = () => Promise.reject(new Fault("unavailable", "GitHub is down"));
    await expect(run(commandJob("/diff"))).rejects.toBe(bug);
    expect(log.lines.join()).toContain("cannot tell that commands failed");
  });

  it("a user's error of a command is its result", async () => {
    const refusing: Command = {
      ...diff,
      run: () => Promise.reject(new UserError("refused", "the base is frozen", { fix: "wait" })),
    };
    const { github, run } = world([refusing]);
    await run(commandJob("/diff"));
    expect(github.comments.get("7/reply-100")).toContain("👎 `/diff`: the base is frozen. Wait");
  });

  it("a comment whose commands are not known any more is left alone", async () => {
    const { github, run } = world();
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
});
