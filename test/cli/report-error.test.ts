import { describe, expect, it } from "vitest";
import { reportError } from "../../src/cli/report-error.ts";
import { Fault, UserError } from "../../src/model/errors.ts";
import { hasEscapes } from "./support/escapes.ts";

function report(thrown: unknown, options: { debug?: boolean; aborted?: boolean } = {}) {
  let err = "";
  const stderr = {
    write: (text: string) => {
      err += text;
    },
  };
  const signal = options.aborted ? AbortSignal.abort() : new AbortController().signal;
  const around = { stdout: stderr, stderr, env: {}, cwd: "/", signal };
  return { code: reportError(thrown, around, options.debug === true), err };
}

describe("an error", () => {
  it("of the user is told with its place and fix, and exit code 2", () => {
    const error = new UserError("config", "no such key", {
      place: { file: ".sluice.yaml", line: 3, column: 5 },
      fix: "Remove it.",
    });
    const named = new UserError("input", "there is no environment `pord`", { fix: "Did you mean `prod`?" });
    expect(report(named).err).toBe('error: there is no environment "pord"\nfix:   did you mean "prod"?\n');
    const proper = new UserError("input", "x", { fix: "Sluice needs `soak: 30m`. Write it." });
    expect(report(proper).err).toBe("error: x\nfix:   Sluice needs soak: 30m. Write it\n");
    expect(report(error)).toEqual({ code: 2, err: "error: no such key\nat:    .sluice.yaml:3:5\nfix:   remove it\n" });
  });

  it("of ours is told with its causes, and exit code 1", () => {
    const error = new Fault("unavailable", "cannot fetch", {
      cause: new Error("connection refused", { cause: "no route" }),
    });
    expect(report(error)).toEqual({
      code: 1,
      err: "error: cannot fetch\n  because connection refused\n  because no route\nfix:   try again later; --debug shows the log\n",
    });
  });

  it("cli-errors: of a registry that wants fewer requests says how to get more", () => {
    const error = new Fault("throttled", "ghcr.io asks to wait 30 seconds (429)", { fields: { registry: "ghcr.io" } });
    expect(report(error).err).toBe(
      "error: ghcr.io asks to wait 30 seconds (429)\nfix:   try again later, or log in for a higher limit: docker login ghcr.io\n",
    );
    expect(report(new Error("x")).err).toBe("error: x\nfix:   report it with the output of --debug\n");
  });

  it("shows its stack and its causes' stacks with --debug", () => {
    const { err } = report(new Error("outer", { cause: new TypeError("inner") }), { debug: true });
    expect(err).toContain("report-error.test.ts");
    expect(err).toContain("caused by TypeError: inner");
  });

  it("after Ctrl-C is the interruption, with exit code 130", () => {
    expect(report(new Error("aborted"), { aborted: true })).toEqual({ code: 130, err: "Interrupted.\n" });
  });

  it("cannot steer the terminal", () => {
    expect(
      hasEscapes(report(new UserError("input", "\u001b[2J", { place: { file: "\u001b" }, fix: "\u001b" })).err),
    ).toBe(false);
    expect(hasEscapes(report(new Error("\u001b[2J", { cause: "\u001b" }), { debug: true }).err)).toBe(false);
  });

  it("that is no Error is told too", () => {
    expect(report("just text").err).toContain("error: just text\n");
  });
});
