import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { PREVIEW_COMMANDS } from "../../src/preview/commands/index.ts";
import { checkNameFor } from "../../src/preview/report.ts";
import { runPreview } from "../../src/preview/run.ts";
import { runCommands } from "../../src/webhooks/commands/run.ts";
import { appFiles, promotionWorld, worldConfig } from "../promote/support/memory-world.ts";
import type { Files } from "../support/memory-world.ts";
import { commandJob, firstRun, memoryEvents } from "../webhooks/fakes.ts";

const claim = (name: string) =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: ${name} }\nspec: { accessModes: [ReadWriteOnce] }\n`;
const claimIn = (environment: string, name = "data"): string => `apps/web/${environment}/${name}.yaml`;
const files: Readonly<Record<string, string>> = {
  ".sluice.yaml": worldConfig("allow: { users: [mona] }"),
  ...appFiles("web", "staging", "1.4.0"),
  ...appFiles("web", "prod", "1.4.0"),
  [claimIn("staging")]: claim("data"),
  [claimIn("prod")]: claim("data"),
  [claimIn("prod", "logs")]: claim("logs"),
};
const inBoth: Files = { [claimIn("staging")]: null, [claimIn("prod")]: null };

/** A config repository with a pull request that removes volume claims. */
async function opened(removed: Files = inBoth, { start = files, forks = false, fork = false } = {}) {
  const world = promotionWorld({ files: start });
  const { github, ports } = world;
  const events = memoryEvents();
  const previewed = { ...ports, events };
  const proposed = await world.propose(removed);
  const pull: PullRequest = fork ? { ...proposed, fork } : proposed;
  github.pulls.set(pull.number, pull);
  const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };
  const settings = { fingerprintKey: ports.fingerprintKey, forks, webUrl: ports.webUrl };
  const preview = () =>
    runPreview({ type: "preview", ...where, pullRequest: pull.number }, previewed, settings, firstRun());
  let comments = 500;
  const say = async (body: string, actor = "mona", commentId = comments++): Promise<string> => {
    const asked: unknown[] = [];
    const queue = { add: async (job: unknown) => void asked.push(job) };
    const commandPorts = { ...previewed, queue, previewForks: forks };
    const options = { ...ports, events: memoryEvents(), table: PREVIEW_COMMANDS, ports: commandPorts };
    await runCommands(commandJob(body, { actor, commentId, pullRequest: pull.number }), options, firstRun());
    if (asked.length > 0) await preview();
    return github.comments.get(`${pull.number}/reply-${commentId}`) ?? "";
  };
  const check = () =>
    github.checkReports.findLast(({ name }) => name === checkNameFor(github.pulls.get(pull.number) ?? pull));
  const comment = () => github.comments.get(`${pull.number}/preview`) ?? "";
  await preview();
  return { world, pull, preview, say, check, comment, events };
}

describe("a danger on any pull request", () => {
  it("invites to confirm it, and turns the check neutral at once when somebody does", async () => {
    const { say, check, comment, events, world, pull } = await opened();
    expect(check()?.conclusion).toBe("failure");
    expect(comment()).toContain("or back up the data and comment `/ack deleted-persistent-volume-claim`.");
    const reply = await say("/ack deleted-persistent-volume-claim it is backed up");
    expect(reply).toMatch(
      /^✅ \*\*Confirmed as meant\*\* for \[`[0-9a-f]{7}`\]\(https.*\): `deleted-persistent-volume-claim:/,
    );
    expect(reply).toContain('"it is backed up". The next push asks again.');
    expect(check()).toMatchObject({
      conclusion: "neutral",
      title: expect.stringMatching(/^Danger in prod, confirmed: /),
    });
    expect(comment()).toContain('> **Confirmed** by `mona`: "it is backed up".');
    expect(comment()).not.toContain("/ack");
    const said = events.received.filter(({ kind }) => kind === "finding.acknowledged");
    expect(said).toMatchObject(
      ["staging", "prod"].map((environment) => ({
        environment,
        apps: ["web"],
        head: pull.head.sha,
        actor: { login: "mona" },
        reason: "it is backed up",
      })),
    );
    const state = await world.ports.state.read(
      { installationId: 1, repository: { owner: "acme", name: "gitops" } },
      AbortSignal.timeout(600_000),
    );
    expect(await state.history("prod", "web")).toMatchObject([
      { kind: "acknowledged", by: "mona", reason: "it is backed up", pullRequest: pull.number, head: pull.head.sha },
    ]);
  });

  it("is confirmed by its kind or by its name alone", async () => {
    const { say, check, comment } = await opened({ ...inBoth, [claimIn("prod", "logs")]: null });
    await say("/ack deleted-persistent-volume-claim:web/PersistentVolumeClaim/data");
    expect(check()?.conclusion).toBe("failure");
    expect(comment()).toContain("**Confirmed** by `mona`.");
    await say("/ack deleted-persistent-volume-claim:web/PersistentVolumeClaim/logs");
    expect(check()?.conclusion).toBe("neutral");
  });

  it("is confirmed once, however often the command runs", async () => {
    const { say, world } = await opened();
    const first = await say("/ack deleted-persistent-volume-claim", "mona", 900);
    expect(await say("/ack deleted-persistent-volume-claim", "mona", 900)).toBe(first);
    const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };
    const state = await world.ports.state.read(where, AbortSignal.timeout(600_000));
    expect(await state.history("staging", "web")).toHaveLength(1);
  });

  it("asks again after the next push", async () => {
    const { say, check, comment, pull, preview, world } = await opened();
    await say("/ack deleted-persistent-volume-claim");
    await world.push(pull.head.ref, { [claimIn("prod", "logs")]: null });
    await preview();
    expect(check()?.conclusion).toBe("failure");
    expect(comment()).not.toContain("Confirmed");
    expect(comment()).toContain("comment `/ack deleted-persistent-volume-claim`");
  });

  it("asks again when the pull request is compared with another commit", async () => {
    const { say, check, preview, world, pull } = await opened();
    await say("/ack deleted-persistent-volume-claim");
    const { repository } = world.github;
    const other = repository.commit({ ...files, "README.md": "other" });
    repository.branches.set("other", other);
    world.github.pulls.set(pull.number, { ...pull, base: { ref: "other", sha: other } });
    await preview();
    expect(check()?.conclusion).toBe("failure");
  });
});

describe("/ack is refused", () => {
  it.each([
    ["bob", "may not act in one of the environments", "only mona may act on `prod`"],
    ["eve", "has no access", "no access"],
  ])("to %s, who %s", async (actor, _why, reason) => {
    const { say, check } = await opened();
    expect(await say("/ack deleted-persistent-volume-claim", actor)).toMatch(/^❌ \*\*Not allowed:\*\*/);
    expect(await say("/ack deleted-persistent-volume-claim", actor)).toContain(reason);
    expect(check()?.conclusion).toBe("failure");
  });

  it("although the pull request's own configuration would allow it", async () => {
    const open = { ...inBoth, ".sluice.yaml": worldConfig("allow: { users: [bob] }") };
    const { say, check } = await opened(open);
    expect(await say("/ack deleted-persistent-volume-claim", "bob")).toContain("**Not allowed:**");
    expect(check()?.conclusion).toBe("failure");
  });

  it("to who may only read, where there is no configuration", async () => {
    const { ".sluice.yaml": _, ...start } = files;
    const { say, check, world } = await opened(inBoth, { start });
    world.github.permissions.set("reader", "read");
    expect(await say("/ack deleted-persistent-volume-claim", "reader")).toContain(
      "only people with write access may act on `staging`",
    );
    expect(check()?.conclusion).toBe("failure");
    expect(await say("/ack deleted-persistent-volume-claim", "bob")).toContain("Confirmed as meant");
    expect(check()?.conclusion).toBe("neutral");
  });

  it("to the author of a fork, whether forks are rendered or not", async () => {
    const rendered = await opened(inBoth, { forks: true, fork: true });
    rendered.world.github.permissions.set("stranger", "read");
    expect(await rendered.say("/ack deleted-persistent-volume-claim", "stranger")).toContain("**Not allowed:**");
    expect(rendered.check()?.conclusion).toBe("failure");
    const listed = await opened(inBoth, { fork: true });
    expect(await listed.say("/ack deleted-persistent-volume-claim")).toContain(
      "from a fork, which Sluice does not render",
    );
    expect(listed.check()?.title).toBe("Not checked: pull request from a fork");
  });

  it("for a finding that is not there, with those that are", async () => {
    const { say, check } = await opened();
    const reply = await say("/ack deleted-namespace");
    expect(reply).toMatch(/^❌ \*\*Not confirmed:\*\* there is no finding `deleted-namespace` at `[0-9a-f]{7}`/);
    expect(reply).toContain("The findings are `deleted-persistent-volume-claim`");
    const typo = await say("/ack deleted-persistent-volume-clam");
    expect(typo).toContain("```text\n/ack deleted-persistent-volume-claim\n```");
    expect(check()?.conclusion).toBe("failure");
  });

  it("where nothing has to be confirmed, and for what cannot be rendered", async () => {
    const calm = await opened({ "README.md": "x" });
    expect(await calm.say("/ack deleted-namespace")).toContain("Nothing here has to be confirmed");
    const broken = await opened({ "apps/web/prod/app.yaml": "- no\n- map\n" });
    expect(await broken.say("/ack render-failed")).toContain("there is no finding `render-failed`");
    expect(broken.check()?.conclusion).toBe("failure");
  });

  it("on a closed pull request", async () => {
    const { say, world, pull } = await opened();
    world.github.closePull(pull.number);
    expect(await say("/ack deleted-persistent-volume-claim")).toContain("this pull request is closed");
  });
});
