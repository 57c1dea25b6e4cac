import { describe, expect, it } from "vitest";
import type { CommandInfo } from "../../../src/model/command.ts";
import { Fault, UserError, type UserErrorKind } from "../../../src/model/errors.ts";
import type { Found } from "../../../src/webhooks/commands/find-commands.ts";
import { done, failed, type Outcome, refused, replyText, unknown } from "../../../src/webhooks/commands/reply.ts";
import { TABLE } from "../../../src/webhooks/commands/table.ts";

/** A command as it was written, without the slash. */
function command(text: string): Extract<Found, { kind: "command" }> {
  const [name = "", ...rest] = text.split(" ");
  const info: CommandInfo | undefined = TABLE.find((one) => one.name === name);
  if (info === undefined) throw new Error(`there is no command ${name}`);
  return { kind: "command", line: 1, command: info, rest: rest.join(" ") };
}

function said(by: string, text: string, result: string): string {
  return replyText(by, [done(command(text), result)]);
}

function error(kind: UserErrorKind, message: string, fix?: string): UserError {
  return new UserError(kind, message, fix === undefined ? {} : { fix });
}

function no(by: string, text: string, why: UserError, has: "read" | "write" = "write"): string {
  return replyText(by, [refused(command(text), why, has)]);
}

describe("the reply to one command", () => {
  it.each([
    ["reply-done", "✅ **Opened #43:** prod gets webapp 1.5.0 in place of 1.4.0. It waits for 1 approval."],
    ["reply-done-updated", "✅ **Updated #43:** prod gets webapp 1.6.0 now, no longer 1.5.0."],
    ["reply-done-later", "⏳ **Waiting:** when this pull request is merged, the promotion to prod opens by itself."],
    ["reply-nothing-to-do", "**Nothing to promote:** prod has webapp 1.5.0 already, since 29 Nov (#43)."],
    [
      "reply-partly",
      "✅ **Opened #43** with 1 of 2 apps: webapp.\n\n❌ **Not included: billing.** It is in staging only.",
    ],
  ])("%s: the result as it is, the command small below", (_, result) => {
    expect(said("ada", "promote prod", result)).toBe(`${result}\n\n<sub>\`/promote prod\` by \`ada\`</sub>`);
  });

  it("reply-hold, reply-override: the whole line, whoever wrote it", () => {
    const line = "hold prod --until 2026-11-30 09:00 Europe/Berlin big sale";
    expect(said("mona", line, '⏸️ **prod is on hold** until 30 Nov, 08:00 UTC: "big sale".')).toBe(
      `⏸️ **prod is on hold** until 30 Nov, 08:00 UTC: "big sale".\n\n<sub>\`/${line}\` by \`mona\`</sub>`,
    );
    expect(said("mona", "override soak", "✅ **Soak overridden**")).toContain("<sub>`/override soak` by `mona`</sub>");
  });

  it("gets a sign and a full stop where the result is no sentence of its own", () => {
    expect(said("ada", "retry", "asking the registry again")).toMatch(/^✅ Asking the registry again\.\n\n<sub>/);
  });

  it("reply-refused: what did not happen, why, and a line to copy", () => {
    const why = error(
      "not-found",
      'there is no environment "pord"',
      "Did you mean `prod`? The environments are `prod`.",
    );
    expect(no("ada", "promote pord", why)).toBe(
      [
        "❌ **Not promoted:** there is no environment `pord`. Did you mean this?",
        "```text\n/promote prod\n```",
        "<sub>`/promote pord` by `ada` · environments: prod</sub>",
      ].join("\n\n"),
    );
  });

  it("reply-refused-wrong-order, reply-no-configuration: the step that comes first", () => {
    const why = error("refused", "this change is in dev only", "first comment `/promote staging`");
    expect(no("ada", "promote prod", why)).toBe(
      "❌ **Not promoted:** this change is in dev only. First comment `/promote staging`.\n\n<sub>`/promote prod` by `ada`</sub>",
    );
  });

  it("reply-not-allowed: who may, and the line that one of them has to write", () => {
    const why = error("permission", "only acme/release may promote to prod", "Ask one of them to comment:");
    expect(no("dave", "promote prod", why)).toBe(
      [
        "❌ **Not allowed:** only acme/release may promote to prod. Ask one of them to comment:",
        "```text\n/promote prod\n```",
        "<sub>`/promote prod` by `dave`, who has write access</sub>",
      ].join("\n\n"),
    );
  });

  it("reply-unknown: short", () => {
    const one = unknown({ kind: "unknown", line: 1, name: "promte", meant: "promote" });
    expect(replyText("ada", [one])).toBe(
      "❌ **Unknown command `/promte`.** Did you mean `/promote`? `/help` lists all commands.",
    );
  });

  it("reply-outage: what failed, and that it can be tried again", () => {
    const text = replyText("ada", [failed(command("promote prod"), new Fault("unavailable", "502"))]);
    expect(text).toBe(
      "❌ **Not promoted:** GitHub or the network failed at every try. Please comment `/promote prod` again.\n\n" +
        "<sub>`/promote prod` by `ada` · [GitHub status](https://www.githubstatus.com)</sub>",
    );
    expect(replyText("ada", [failed(command("promote prod"), new Error("x"))])).toContain(
      "Sluice failed at every try.",
    );
  });
});

describe("the reply to several commands", () => {
  const outcomes: readonly Outcome[] = [
    done(command("promote prod webapp"), "✅ **Opened #43:** prod gets webapp 1.5.0"),
    done(command("hold prod/orders schema change"), '⏸️ **prod/orders is on hold:** "schema change"'),
    unknown({ kind: "unknown", line: 3, name: "stat", meant: "status" }),
  ];

  it("reply-several: a line for each, in their order", () => {
    expect(replyText("ada", outcomes)).toBe(
      [
        "2 of 3 commands done:",
        "",
        "- ✅ **Opened #43:** prod gets webapp 1.5.0 (`/promote prod webapp`)",
        '- ⏸️ **prod/orders is on hold:** "schema change" (`/hold prod/orders schema change`)',
        "- ❌ **Unknown command `/stat`.** Did you mean `/status`?",
      ].join("\n"),
    );
  });

  it("has blocks in place of lines where one result is longer", () => {
    const long = done(command("promote prod --dry-run"), "**Dry run, nothing was changed.**\n\n| App |\n|---|\n| a |");
    const text = replyText("ada", [long, ...outcomes]);
    expect(text).toMatch(/^3 of 4 commands done:\n\n\*\*Dry run/);
    expect(text).toContain("| a |\n\n<sub>`/promote prod --dry-run`</sub>\n\n✅ **Opened #43:**");
  });
});

describe("reply-help", () => {
  it("has two columns, how each command is typed, and the rights in one sentence", async () => {
    const help = TABLE.find(({ name }) => name === "help");
    const text = String(await Reflect.apply(help?.run ?? (() => ""), undefined, []));
    expect(text).toMatch(
      /^Write a command on a line of its own, in a comment on a pull request:\n\n\| Command \| What it does \|/,
    );
    expect(text).toContain("| `/promote prod` | ");
    expect(text).toContain("`/help` are for everyone with read access");
    const rows = text.split("\n").filter((line) => line.startsWith("| "));
    expect(rows.filter((line) => line.split(" | ").length !== 2)).toEqual([]);
  });
});
