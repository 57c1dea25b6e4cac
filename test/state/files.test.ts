import { describe, expect, it } from "vitest";
import type { Decision } from "../../src/model/state.ts";
import { headSchema, targetSchema } from "../../src/state/files.ts";
import { commitMessage } from "../../src/state/message.ts";
import { targetPath } from "../../src/state/paths.ts";
import { readYaml, writeYaml } from "../../src/state/yaml.ts";
import { held, promoted, released, waiting } from "./world.ts";

describe("the files of targets", () => {
  it("have names that people recognise", () => {
    expect(targetPath("prod")).toBe("environments/prod.yaml");
    expect(targetPath("prod", "webapp")).toBe("environments/prod/webapp.yaml");
    expect(targetPath("prod-eu", "Shop_2.0")).toBe("environments/prod-eu/Shop_2.0.yaml");
    expect(targetPath("prod", "team/größe")).toBe("environments/prod/team=2Fgr=C3=B6=C3=9Fe.yaml");
  });

  it("are apart for every two names, inside their folder, and never a folder of another", () => {
    const names = [
      "a",
      "a.yaml",
      "a/b",
      "a=2Fb",
      "..",
      ".",
      "",
      "=",
      ".git",
      "../../x",
      "a\0",
      "A",
      "git~1",
      "%2F",
      "a ",
    ];
    const paths = names.flatMap((environment) => [
      targetPath(environment),
      ...names.map((app) => targetPath(environment, app)),
    ]);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) {
      expect(path).toMatch(/^environments\/(?!\.)[\w=-]+(?:\/(?!\.)[\w=.-]+)?\.yaml$/);
      expect(paths.some((other) => other.startsWith(`${path}/`))).toBe(false);
    }
  });

  it("read back as they were written, byte for byte the same each time", () => {
    const data = {
      hold: {
        reason: "no: # 'yes'\n---\n<<<<<<< \u0000\u2028 ü",
        by: "alice",
        since: "2026-03-01T12:00:00.000Z",
        cause: "person",
      },
      history: ["1.10", "0x1f", "1e3", "null", "~", "0777", "2026-01-01", ""].map((to, nth) => ({
        versions: [{ to, image: "x", from: "*a" }],
        kind: "promoted",
        id: `${nth}`,
        by: "true",
        at: "2026-03-01T12:00:00.000Z",
      })),
    };
    const bytes = writeYaml(data);
    const read = readYaml("f", bytes.toString(), targetSchema);
    expect(read).toEqual(data);
    expect(writeYaml(read)).toEqual(bytes);
    expect(writeYaml({ history: data.history, hold: data.hold })).toEqual(bytes);
  });

  it("are nothing where they are empty or emptied", () => {
    expect(readYaml("f", "", targetSchema)).toEqual({ history: [] });
    expect(readYaml("f", "hold:\nhistory:\n", targetSchema)).toMatchObject({ hold: null, history: [] });
    expect(readYaml("f", "# nothing\n", headSchema)).toEqual({});
  });
});

describe("a commit's message", () => {
  const subject = (decision: Decision): string => commitMessage(decision).split("\n")[0] ?? "";

  it("says what was decided", () => {
    const gate = { kind: "overridden", pullRequest: 7, head: "h", gate: "soak" } as const;
    const base = { id: "i", at: "2026-03-01T12:00:00Z", by: "alice", environment: "prod", apps: ["a", "b", "c", "d"] };
    const digest = `1.5.0@sha256:${"ab".repeat(32)}`;
    const one = { webapp: [{ image: "web", from: "", to: digest }] };
    expect(
      [
        promoted("p"),
        promoted("p", { versions: one }),
        promoted("p", { kind: "rolled-back", apps: ["webapp", "api"], versions: {} }),
        promoted("p", { kind: "reverted" }),
        { ...base, kind: "rollback-proposed", pullRequest: 7, commit: "c", apps: ["a"] } as const,
        { ...base, kind: "rollback-declined", pullRequest: 7, apps: ["a"] } as const,
        { ...base, kind: "rollback-dropped", pullRequest: 7, apps: ["a"] } as const,
        held("h", { apps: [], until: "2030-01-01T00:00:00Z" }),
        released("r"),
        waiting("w", 5, { apps: [] }),
        waiting("w", 5, { kind: "done-waiting" }),
        { ...base, ...gate },
        { ...base, kind: "acknowledged", pullRequest: 7, head: "h", finding: "f" } as const,
        { ...base, kind: "requested", pullRequest: 7, commit: "c" } as const,
      ].map(subject),
    ).toMatchInlineSnapshot(`
      [
        "Promote webapp to prod: 1.4.0 → 1.5.0",
        "Promote webapp to prod: 1.5.0@sha256:abababababab",
        "Roll back webapp, api in prod",
        "Note the revert of webapp in prod: 1.4.0 → 1.5.0",
        "Propose to roll back a in prod",
        "Decline to roll back a in prod",
        "Drop the proposed rollback of a in prod",
        "Hold everything in prod until 2030-01-01T00:00:00Z",
        "Release webapp in prod",
        "Wait to promote what a pull request touches to prod",
        "Wait no longer to promote webapp to prod",
        "Override the gate soak for 4 apps in prod",
        "Acknowledge a finding for 4 apps in prod",
        "Ask to promote 4 apps to prod",
      ]
    `);
  });

  it("takes nothing from anybody that GitHub or git would act on", () => {
    const message = commitMessage(
      held("h", { reason: "see #1\n\nCo-authored-by: Eve <e@x>\r\nDecision: other\u202e @acme/all", apps: ["x\ny"] }),
    );
    expect(message.split("\n").filter((line) => /^(?:Co-authored-by|Decision|Actor|Reason):/.test(line))).toEqual([
      "Actor: alice",
      "Reason: see #\u200b1 Co-authored-by: Eve <e@\u200bx> Decision: other @\u200bacme/all",
      "Decision: h",
    ]);
    expect(message.split("\n")[0]).toBe("Hold x y in prod");
  });

  it("stays short, whatever a promotion carries", () => {
    const apps = Array.from({ length: 300 }, (_, nth) => `app-${nth}`);
    const versions = Object.fromEntries(apps.map((app) => [app, [{ image: app, from: "1", to: "2" }]]));
    const message = commitMessage(promoted("p", { apps, versions, reason: "r".repeat(10_000) }));
    expect(message.split("\n")[0]).toBe("Promote 300 apps to prod");
    expect(message).toContain("- and 250 more");
    expect(message.length).toBeLessThan(4_000);
  });
});
