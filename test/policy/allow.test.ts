import { describe, expect, it } from "vitest";
import type { Allow } from "../../src/model/gates.ts";
import { describeAllow, mayAct, teamsToAsk } from "../../src/policy/allow.ts";

const everybody: Allow = { permission: "write" };
const named: Allow = { users: ["Ada"], teams: ["release", "ops"], permission: "write" };
const none: ReadonlySet<string> = new Set();

describe("who may act", () => {
  it("is everybody with the permission where nobody is named", () => {
    expect(mayAct(everybody, { login: "bob", permission: "write", teams: none })).toEqual({ ok: true });
    expect(mayAct(everybody, { login: "bob", permission: "admin", teams: none })).toEqual({ ok: true });
    expect(mayAct(everybody, { login: "bob", permission: "read", teams: none })).toEqual({
      ok: false,
      reason: "this needs write access, and `bob` has read access",
      fix: "ask one of those who may: anyone with write access",
    });
    expect(mayAct(everybody, { login: "eve", permission: "none", teams: none })).toMatchObject({
      ok: false,
      reason: "this needs write access, and `eve` has no access",
    });
  });

  it("is a named user or a member of a named team, with the permission", () => {
    expect(mayAct(named, { login: "ada", permission: "write", teams: none }).ok).toBe(true);
    expect(mayAct(named, { login: "bob", permission: "write", teams: new Set(["Release"]) }).ok).toBe(true);
    expect(mayAct(named, { login: "bob", permission: "write", teams: (team) => team === "ops" }).ok).toBe(true);
    expect(mayAct(named, { login: "ada", permission: "triage", teams: new Set(["ops"]) }).ok).toBe(false);
    expect(mayAct(named, { login: "bob", permission: "admin", teams: new Set(["web"]) })).toEqual({
      ok: false,
      reason: "`bob` is not among those who may: Ada, anyone in release and anyone in ops with write access",
      fix: "ask one of those who may: Ada, anyone in release and anyone in ops with write access",
    });
  });

  it("asks for teams only where nothing else decides", () => {
    expect(teamsToAsk(named, { login: "bob", permission: "write" })).toEqual(["release", "ops"]);
    expect(teamsToAsk(named, { login: "ADA", permission: "write" })).toEqual([]);
    expect(teamsToAsk(named, { login: "bob", permission: "read" })).toEqual([]);
    expect(teamsToAsk(everybody, { login: "bob", permission: "write" })).toEqual([]);
    expect(teamsToAsk({ users: ["ada"], permission: "read" }, { login: "bob", permission: "admin" })).toEqual([]);
  });

  it("looks at no team that it need not ask for", () => {
    const teams = () => {
      throw new Error("asked");
    };
    expect(mayAct(named, { login: "ada", permission: "write", teams }).ok).toBe(true);
    expect(mayAct(named, { login: "bob", permission: "read", teams }).ok).toBe(false);
    expect(mayAct(everybody, { login: "bob", permission: "write", teams }).ok).toBe(true);
  });

  it("is told in plain words", () => {
    expect(describeAllow(everybody)).toBe("anyone with write access");
    expect(describeAllow({ teams: ["release"], permission: "admin" })).toBe("anyone in release with admin access");
  });
});
