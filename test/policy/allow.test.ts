import { describe, expect, it } from "vitest";
import type { Allow } from "../../src/model/gates.ts";
import { describeAllow, mayAct, teamsToAsk } from "../../src/policy/allow.ts";

const everybody: Allow = { permission: "write" };
const named: Allow = { users: ["Ada"], teams: ["release", "ops"], permission: "write" };
const none: ReadonlySet<string> = new Set();

describe("who may act", () => {
  it("is everybody with the permission where nobody is named", () => {
    expect(mayAct(everybody, { login: "bob", permission: "write", teams: none }, "act")).toEqual({ ok: true });
    expect(mayAct(everybody, { login: "bob", permission: "admin", teams: none }, "act")).toEqual({ ok: true });
    expect(mayAct(everybody, { login: "bob", permission: "read", teams: none }, "act")).toEqual({
      ok: false,
      reason: "only people with write access may act",
      fix: "ask one of them",
    });
    expect(mayAct(everybody, { login: "eve", permission: "none", teams: none }, "act")).toMatchObject({
      ok: false,
      reason: "only people with write access may act",
    });
  });

  it("is a named user or a member of a named team, with the permission", () => {
    expect(mayAct(named, { login: "ada", permission: "write", teams: none }, "act").ok).toBe(true);
    expect(mayAct(named, { login: "bob", permission: "write", teams: new Set(["Release"]) }, "act").ok).toBe(true);
    expect(mayAct(named, { login: "bob", permission: "write", teams: (team) => team === "ops" }, "act").ok).toBe(true);
    expect(mayAct(named, { login: "ada", permission: "triage", teams: new Set(["ops"]) }, "act").ok).toBe(false);
    expect(mayAct(named, { login: "bob", permission: "admin", teams: new Set(["web"]) }, "act")).toEqual({
      ok: false,
      reason: "only Ada, members of release and members of ops may act",
      fix: "ask one of them",
    });
    const bob = { login: "bob", permission: "write", teams: none } as const;
    expect(mayAct({ users: ["ada"], permission: "write" }, bob, "act")).toMatchObject({
      reason: "only ada may act",
      fix: "ask ada",
    });
    expect(mayAct({ teams: ["ops"], permission: "write" }, bob, "act")).toMatchObject({ fix: "ask one of them" });
    expect(mayAct({ users: ["ada"], permission: "admin" }, bob, "act")).toMatchObject({
      reason: "only ada with admin access may act",
      fix: "ask ada",
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
    expect(mayAct(named, { login: "ada", permission: "write", teams }, "act").ok).toBe(true);
    expect(mayAct(named, { login: "bob", permission: "read", teams }, "act").ok).toBe(false);
    expect(mayAct(everybody, { login: "bob", permission: "write", teams }, "act").ok).toBe(true);
  });

  it("is told in plain words", () => {
    expect(describeAllow(everybody)).toBe("anyone with write access");
    expect(describeAllow({ teams: ["release"], permission: "admin" })).toBe("anyone in release with admin access");
  });
});
