import { describe, expect, it } from "vitest";
import { cliReference } from "../../scripts/generate/cli-page.ts";
import { commands } from "../../src/cli/commands.ts";
import { hasEscapes } from "./support/escapes.ts";
import { sluice } from "./support/run.ts";

describe("help", () => {
  it("names every command and every exit code", async () => {
    const { code, out } = await sluice(["--help"]);
    expect(code).toBe(0);
    for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`  ${name} +${summary.slice(0, 20)}`));
    expect(out).toMatch(/ {2}0 +success\n {2}1 .*\n {2}2 .*\n {2}3 .*\n {2}4 .*\n {2}130 /);
  });

  it.each(commands.map(({ name }) => name))("of %s shows its usage, flags and examples", async (name) => {
    const asked = await sluice([name, "--help"]);
    const command = commands.find((one) => one.name === name);
    expect(asked.code).toBe(0);
    expect(asked.out).toContain(`Usage: sluice ${name}`);
    for (const flag of Object.keys(command?.flags ?? {})) expect(asked.out).toContain(`--${flag}`);
    for (const [line] of command?.examples ?? []) expect(asked.out).toContain(`sluice ${line}`);
    expect(await sluice(["help", name])).toEqual(asked);
    expect(await sluice([name, "-h"])).toEqual(asked);
  });

  it("lists the exit code of a data folder in use for serve alone", async () => {
    const helps = await Promise.all(
      commands.map(async ({ name }) => [name, (await sluice([name, "--help"])).out] as const),
    );
    const listing = helps.flatMap(([name, out]) => (out.includes("still has the data folder") ? [name] : []));
    expect(listing).toEqual(["serve"]);
  });

  it("lists the exit code of what was found for the commands alone that find something", async () => {
    const found = (name: string) =>
      sluice([...name.split(" "), "--help"]).then(({ out }) => / {2}3 +(.*)/.exec(out)?.[1]);
    expect(await found("preview")).toBe("--fail-on found something");
    expect(await found("promote")).toBe("a target is refused");
    expect(await found("images check")).toBe("--exit-code found something");
    for (const name of ["render", "lint", "targets", "doctor", "serve"]) expect(await found(name)).toBeUndefined();
  });

  it("fits 100 columns", async () => {
    for (const { name } of commands) {
      const { out } = await sluice([name, "--help"]);
      const long = out.split("\n").filter((line) => line.length > 100 && !line.includes("sluice "));
      expect(long).toEqual([]);
    }
  });

  it("is printed on standard error, with exit code 2, when no command is given", async () => {
    const { code, out, err } = await sluice([]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("Commands:");
  });

  it("is coloured on a terminal only", async () => {
    expect(hasEscapes((await sluice(["--help"])).out)).toBe(false);
    expect(hasEscapes((await sluice(["--help"], { terminal: true })).out)).toBe(true);
    expect(hasEscapes((await sluice(["--help"], { terminal: true, env: { NO_COLOR: "1" } })).out)).toBe(false);
    expect(hasEscapes((await sluice(["--help"], { env: { FORCE_COLOR: "1" } })).out)).toBe(true);
  });

  it("gives the version", async () => {
    expect((await sluice(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("docs/cli.md", () => {
  it("is the command table's reference (vitest -u writes it anew)", async () => {
    await expect(cliReference(commands)).toMatchFileSnapshot("../../docs/cli.md");
  });
});

describe("a wrong command line", () => {
  it.each([
    [["previw"], 'unknown command "previw"', "did you mean sluice preview?"],
    [
      ["deploy-everything"],
      'unknown command "deploy-everything"',
      "the commands are preview, promote, status, render,",
    ],
    [["--json"], "unknown flag --json", "the command comes first"],
    [["preview", "--hed", "x"], "unknown flag --hed", "did you mean --head?"],
    [["preview", "-x"], "unknown flag -x", "see sluice preview --help"],
    [["preview", "--base"], "--base needs a value", "write --base REF"],
    [["preview", "--base", "--head", "x"], "--base needs a value", "--base=…"],
    [
      ["preview", "--format", "htlm"],
      '--format cannot be "htlm"',
      "did you mean html? Choose one of text, markdown, json, html",
    ],
    [["preview", "--all=yes"], '--all takes no value, got "yes"', "write --all alone"],
    [["preview", "surplus"], 'unexpected argument "surplus"', "takes no arguments without dashes"],
    [["lint", "a", "b"], 'unexpected argument "b"', "takes FILE"],
    [["preview", "--__proto__", "x"], "unknown flag --__proto__", "See sluice preview --help"],
    [["demo", "--port", "http"], '--port cannot be "http"', "0 to 65535"],
  ])("%j is explained with its fix", async (argv, message, fix) => {
    const { code, out, err } = await sluice(argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`error: ${message}`);
    expect(err).toContain("fix:   ");
    expect(err).toContain(fix);
  });

  it("shows the stack with --debug only", async () => {
    expect((await sluice(["preview", "surplus"])).err).not.toContain("    at ");
    expect((await sluice(["preview", "surplus", "--debug"])).err).toContain("    at ");
  });
});
