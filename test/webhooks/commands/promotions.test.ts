import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/model/errors.ts";
import { GATES } from "../../../src/model/gates.ts";
import { findCommands } from "../../../src/webhooks/commands/find.ts";
import { runCommands } from "../../../src/webhooks/commands/run.ts";
import { TABLE } from "../../../src/webhooks/commands/table.ts";
import {
  commandJob,
  firstRun,
  memoryEvents,
  memoryGitHub,
  memoryLog,
  memoryPromotions,
  memoryQueue,
} from "../fakes.ts";

/** What a comment asks of the promotions, and the reply to it without its first line. */
async function say(body: string, promotions = memoryPromotions()) {
  const github = memoryGitHub();
  github.permissions = { mona: "write" };
  const options = {
    github: async () => github,
    queue: memoryQueue(),
    promotions,
    events: memoryEvents(),
    log: memoryLog(),
  };
  await runCommands(commandJob(body), options, firstRun());
  const reply = github.comments.get("7/reply-100")?.replace("To `mona`:\n\n", "");
  const asked = promotions.asked.map(({ command, wish }) => [command, ...(wish === undefined ? [] : [wish])]);
  return { asked, reply };
}

const apps = (...names: string[]) => ({ environment: "prod", apps: names });

describe("a command is asked of the promotions", () => {
  it.each([
    ["/promote prod", ["promote", { ...apps(), dryRun: false }]],
    ["/promote prod --dry-run", ["promote", { ...apps(), dryRun: true }]],
    ["/promote —dry-run prod webapp", ["promote", { ...apps("webapp"), dryRun: true }]],
    ["/PROMOTE  prod\twebapp api  ", ["promote", { ...apps("webapp", "api"), dryRun: false }]],
    ["/promote prod webapp, api,db , webapp", ["promote", { ...apps("webapp", "api", "db"), dryRun: false }]],
    ["/promote `prod` “webapp”", ["promote", { ...apps("webapp"), dryRun: false }]],
    ["/rollback prod webapp", ["rollback", apps("webapp")]],
    ["/rollback prod webapp --to 1.4.0", ["rollback", { ...apps("webapp"), to: "1.4.0" }]],
    ["/rollback --to=3f2a91c prod", ["rollback", { ...apps(), to: "3f2a91c" }]],
    ["/hold prod", ["hold", { environment: "prod", reason: "" }]],
    ["/hold prod it's broken — see #12", ["hold", { environment: "prod", reason: "it's broken — see #12" }]],
    ["/hold prod/webapp broken", ["hold", { environment: "prod", app: "webapp", reason: "broken" }]],
    ["/hold prod/team/webapp x", ["hold", { environment: "prod", app: "team/webapp", reason: "x" }]],
    ["/hold prod “the big   sale”", ["hold", { environment: "prod", reason: "the big   sale" }]],
    [
      "/hold prod --until 2h load test",
      ["hold", { environment: "prod", reason: "load test", until: Date.UTC(2026, 10, 23, 11) }],
    ],
    [
      "/hold prod the --until 2026-11-24 09:00 Europe/Berlin big sale",
      ["hold", { environment: "prod", reason: "the big sale", until: Date.UTC(2026, 10, 24, 8) }],
    ],
    [
      '/hold prod/webapp --until "3 days" Europe/Berlin sleeps',
      [
        "hold",
        { environment: "prod", app: "webapp", reason: "Europe/Berlin sleeps", until: Date.UTC(2026, 10, 26, 9) },
      ],
    ],
    ["/release prod", ["release", { environment: "prod" }]],
    ["/release prod/webapp", ["release", { environment: "prod", app: "webapp" }]],
    ["/override soak cannot wait", ["override", { gate: "soak", reason: "cannot wait" }]],
    ["/override DependsOn 'it is fine'", ["override", { gate: "dependsOn", reason: "it is fine" }]],
    ["/ack pvc-deleted", ["acknowledge", { finding: "pvc-deleted" }]],
    [
      "/ack deleted:webapp/PersistentVolumeClaim/data",
      ["acknowledge", { finding: "deleted:webapp/PersistentVolumeClaim/data" }],
    ],
    ["/status", ["status"]],
    ["/retry", ["retry"]],
  ])("%s", async (body, expected) => {
    const { asked, reply } = await say(body);
    expect(asked).toEqual([expected]);
    expect(reply).toMatch(/^🚀 `\/.*`: done$/);
  });

  it("as each example of the documentation is", async () => {
    for (const { line } of TABLE.flatMap((command) => command.examples)) {
      expect(findCommands(line, TABLE)).toMatchObject([{ kind: "command" }]);
      const { reply } = await say(line.replace("2026-11-23", "2026-12-23"));
      expect(reply).toMatch(/^🚀/);
    }
  });
});

describe("a command that does not fit is refused with the fix", () => {
  const usage = "Write `/promote <env> [app…] [--dry-run]`, as in `/promote prod`";
  it.each([
    ["/promote", `\`/promote\`: something is missing after it. ${usage}`],
    ["/promote --dryrun prod", `there is no flag \`--dryrun\`; did you mean \`--dry-run\`? ${usage}`],
    [
      "/promote prod, staging",
      "one command is about one environment. Write a line for each: `/promote prod`, `/promote <env>`",
    ],
    ["/promote prod,staging", "Write a line for each: `/promote prod`, `/promote staging`"],
    ['/promote ""', "the environment is empty"],
    [
      `/promote ${"x".repeat(201)}`,
      "the environment `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` has 201 characters. It may have 200",
    ],
    [`/promote prod ${"x".repeat(201)}`, "the app `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` has 201 characters"],
    [
      `/promote prod ${Array.from({ length: 101 }, (_, i) => `app${i}`).join(",")}`,
      "101 apps are too many for one command",
    ],
    [`/promote prod ${Array.from({ length: 102 }, (_, i) => `app${i}`).join(" ")}`, "one word too many"],
    ["/rollback prod --to", "`--to` needs a value"],
    [`/rollback prod --to ${"1".repeat(201)}`, "has 201 characters"],
    ["/hold", "Write `/hold <env>[/<app>] [reason…] [--until <time>]`, as in `/hold prod "],
    ["/hold prod/", "`prod/` has nothing after the slash"],
    ["/hold /webapp", "`/webapp` has nothing before the slash"],
    [`/hold prod ${"x".repeat(501)}`, "the reason has 501 characters. Say it in 500"],
    ["/hold prod --until tomorrow", "`--until` is not a time: `tomorrow`"],
    ["/hold prod --until 2026-11-23T08:00Z", "which was before the comment"],
    ["/release", "as in `/release prod/webapp`"],
    ["/release prod webapp", "`webapp` is one word too many"],
    ["/override", "something is missing after it"],
    ["/override soak", "the reason for passing `soak` is missing"],
    ["/override aprovals x", "there is no gate `aprovals`; did you mean `approvals`?"],
    [
      "/override everything x",
      `there is no gate \`everything\`: there are ${GATES.map((one) => `\`${one}\``).join(", ")}`,
    ],
    [`/ack ${"x".repeat(601)}`, "…` has 601 characters. It may have 600"],
    ["/ack", "something is missing after it"],
    ["/ack one two", "`two` is one word too many"],
    ["/status prod", "it takes nothing after it, not `prod`"],
    ["/retry prod", "it takes nothing after it, not `prod`"],
  ])("%s", async (body, why) => {
    const { asked, reply } = await say(body);
    expect(asked).toEqual([]);
    expect(reply).toMatch(/^👎/);
    expect(reply).toContain(why);
  });

  it("and a `to` before the environment is taken out of it, where there is no environment of that name", async () => {
    const promotions = memoryPromotions();
    promotions.trouble.promote = new UserError("not-found", "there is no environment `to`", { fix: "name one" });
    expect((await say("/promote to prod webapp", promotions)).reply).toBe(
      "👎 `/promote to prod webapp`: there is no environment `to`. Write `/promote prod webapp`",
    );
    promotions.trouble.promote = new UserError("not-found", "there is no environment `pord`", { fix: "write `prod`" });
    expect((await say("/promote pord webapp", promotions)).reply).toContain("Write `prod`");
    promotions.trouble.promote = new UserError("permission", "you may not", { fix: "ask" });
    expect((await say("/promote to prod", promotions)).reply).toContain("you may not. Ask");
  });
});
