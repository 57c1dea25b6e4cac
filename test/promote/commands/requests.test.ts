import { describe, expect, it } from "vitest";
import { ackRequest } from "../../../src/change/acknowledgement.ts";
import type { Arguments, Command, CommandInfo } from "../../../src/model/command.ts";
import { UserError } from "../../../src/model/errors.ts";
import { GATES } from "../../../src/model/gates.ts";
import { ackCommand } from "../../../src/preview/commands/ack.ts";
import { holdRequest } from "../../../src/promote/run/commands/hold.ts";
import { PROMOTION_COMMANDS } from "../../../src/promote/run/commands/index.ts";
import { overrideRequest } from "../../../src/promote/run/commands/override.ts";
import { promoteRequest } from "../../../src/promote/run/commands/promote.ts";
import { releaseRequest } from "../../../src/promote/run/commands/release.ts";
import { rollbackRequest } from "../../../src/promote/run/commands/rollback.ts";
import { findCommands } from "../../../src/webhooks/commands/find-commands.ts";
import { runCommands } from "../../../src/webhooks/commands/run.ts";
import { commandJob, firstRun, memoryEvents, memoryGitHub, memoryLog } from "../../webhooks/fakes.ts";

/** How each command reads its words; the others take none. */
const readings: Readonly<Record<string, (given: Arguments, at: number) => object>> = {
  promote: promoteRequest,
  rollback: rollbackRequest,
  hold: holdRequest,
  release: releaseRequest,
  override: overrideRequest,
  ack: ackRequest,
};

/** What a comment asks for, and the reply to it without its first line; `trouble` is thrown in place of doing it. */
async function say(body: string, trouble?: Error) {
  const github = memoryGitHub();
  github.permissions = { mona: "write" };
  const asked: unknown[] = [];
  const table = commands.map(
    (info): Command<unknown> => ({
      ...info,
      async run(given, call) {
        const request = readings[info.name]?.(given, call.at);
        asked.push([info.name, ...(request === undefined ? [] : [request])]);
        if (trouble !== undefined) throw trouble;
        return "done";
      },
    }),
  );
  const options = { github: async () => github, events: memoryEvents(), log: memoryLog(), table, ports: {} };
  await runCommands(commandJob(body), options, firstRun());
  const reply = github.comments.get("7/reply-100");
  return { asked, reply };
}

/** Those of promotions, and `/ack`, which promotions give a meaning of their own. */
const commands: readonly CommandInfo[] = [...PROMOTION_COMMANDS, ackCommand];

const apps = (...names: string[]) => ({ environment: "prod", apps: names });

describe("a command asks for what its words say", () => {
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
    ["/release prod webapp", ["release", { environment: "prod", app: "webapp" }]],
    ["/promote prod/webapp api", ["promote", { ...apps("webapp", "api"), dryRun: false }]],
    ["/promote prod webapp@1.5.0", ["promote", { ...apps("webapp"), versions: { webapp: "1.5.0" }, dryRun: false }]],
    ["/promote prod webapp --version 1.5.0", ["promote", { ...apps("webapp"), version: "1.5.0", dryRun: false }]],
    ["/promote prod --all", ["promote", { ...apps(), all: true, dryRun: false }]],
    ["/override soak cannot wait", ["override", { gate: "soak", reason: "cannot wait" }]],
    ["/override DependsOn 'it is fine'", ["override", { gate: "dependsOn", reason: "it is fine" }]],
    ["/ack pvc-deleted", ["ack", { finding: "pvc-deleted", reason: "" }]],
    [
      "/ack deleted:webapp/PersistentVolumeClaim/data",
      ["ack", { finding: "deleted:webapp/PersistentVolumeClaim/data", reason: "" }],
    ],
    ["/ack pvc-deleted it is backed up", ["ack", { finding: "pvc-deleted", reason: "it is backed up" }]],
    ["/status", ["status"]],
    ["/retry", ["retry"]],
  ])("%s", async (body, expected) => {
    const { asked, reply } = await say(body);
    expect(asked).toEqual([expected]);
    expect(reply).toMatch(/^✅ Done\.\n\n<sub>`\/.*` by `mona`<\/sub>$/);
  });

  it("as each example of the documentation is", async () => {
    for (const { line } of commands.flatMap((command) => command.examples)) {
      expect(findCommands(line, commands)).toMatchObject([{ kind: "command" }]);
      const { reply } = await say(line.replace("2026-11-23", "2026-12-23"));
      expect(reply).toMatch(/^✅/);
    }
  });
});

describe("a command that does not fit is refused with the fix", () => {
  const usage =
    "Write `/promote <env> [app[@version]…] [--all] [--version <version or sha>] [--dry-run]`, as in `/promote prod`";
  it.each([
    ["/promote", `something is missing after it. ${usage}`],
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
    ["/release prod/webapp api", "`api` is one word too many"],
    ["/override", "something is missing after it"],
    ["/override soak", "the reason for passing `soak` is missing"],
    ["/override aprovals x", "there is no gate `aprovals`; did you mean `approvals`?"],
    [
      "/override everything x",
      `there is no gate \`everything\`: there are ${GATES.map((one) => `\`${one}\``).join(", ")}`,
    ],
    [`/ack ${"x".repeat(601)}`, "…` has 601 characters. It may have 600"],
    ["/ack", "something is missing after it"],
    [`/ack one ${"x".repeat(501)}`, "the reason has 501 characters. Say it in 500"],
    ["/status prod", "it takes nothing after it, not `prod`"],
    ["/retry prod", "it takes nothing after it, not `prod`"],
  ])("%s", async (body, why) => {
    const { asked, reply } = await say(body);
    expect(asked).toEqual([]);
    expect(reply).toMatch(/^❌/);
    expect(reply).toContain(why);
  });

  it("and a `to` before the environment is taken out of it, where there is no environment of that name", async () => {
    const none = (name: string, fix: string) =>
      new UserError("not-found", `there is no environment \`${name}\``, { fix });
    expect((await say("/promote to prod webapp", none("to", "name one"))).reply).toBe(
      "❌ **Not promoted:** there is no environment `to`. Write `/promote prod webapp`.\n\n<sub>`/promote to prod webapp` by `mona`</sub>",
    );
    expect((await say("/promote pord webapp", none("pord", "write `prod`"))).reply).toContain("Write `prod`");
    const refusal = new UserError("permission", "you may not", { fix: "ask" });
    expect((await say("/promote to prod", refusal)).reply).toContain("you may not. Ask");
  });
});
