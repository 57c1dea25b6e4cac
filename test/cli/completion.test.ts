import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { complete } from "../../src/cli/completion-words.ts";
import { sluice } from "./support/run.ts";

function words(...typed: readonly string[]): unknown {
  const found = complete(typed, commands);
  return typeof found === "string" ? found : found.map(({ word }) => word);
}

describe("the words at the cursor", () => {
  it("are the commands first, then the commands of a group", () => {
    expect(words("")).toEqual(commands.map(({ name }) => name));
    expect(words("pr")).toEqual(["preview", "promote"]);
    expect(words("images", "")).toEqual(["check", "bump"]);
    expect(words("help", "images", "b")).toEqual(["bump"]);
    expect(words("-")).toEqual(["--help", "--version"]);
  });

  it("are the flags that are not given yet", () => {
    expect(words("preview", "--f")).toEqual(["--full", "--format", "--fail-on"]);
    expect(words("preview", "--format", "json", "--f")).toEqual(["--full", "--fail-on"]);
    expect(words("images", "bump", "--app", "web", "--ap")).toEqual(["--app"]);
    expect(words("targets", "")).toEqual(["--repo", "--ref", "--format", "--help", "--debug", "--progress"]);
  });

  it("are a flag's choices, also after = and as bash takes that apart", () => {
    expect(words("preview", "--format", "")).toEqual(["text", "markdown", "json", "html"]);
    expect(words("preview", "--format", "h")).toEqual(["html"]);
    expect(words("preview", "--format=h")).toEqual(["--format=html"]);
    expect(words("preview", "--format", "=")).toEqual(["text", "markdown", "json", "html"]);
    expect(words("preview", "--format", "=", "h")).toEqual(["html"]);
  });

  it("are files and folders where these are meant", () => {
    expect(words("lint", "")).toBe("files");
    expect(words("preview", "--config", "x")).toBe("files");
    expect(words("preview", "--repo", "")).toBe("folders");
    expect(words("render", "")).toBe("folders");
    expect(words("render", "--", "-")).toBe("folders");
  });

  it("are none where Sluice cannot know", () => {
    expect(words("preview", "--base", "")).toEqual([]);
    expect(words("unknown", "")).toEqual([]);
    expect(words("images", "unknown", "")).toEqual([]);
    expect(words("preview", "--unknown=")).toEqual([]);
  });
});

describe("sluice completion", () => {
  it.each([
    [["completion"], "needs a shell", "name one of bash, zsh, fish"],
    [["completion", "fihs"], 'no completion for "fihs"', "did you mean fish?"],
  ])("explains %j", async (argv, message, fix) => {
    const { code, err } = await sluice(argv);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    expect(err).toContain(fix);
  });

  it("answers the scripts with nothing but the words", async () => {
    expect(await sluice(["complete", "--", "images", "ch"])).toEqual({
      code: 0,
      out: "check\tshow which images would be updated, and why\n",
      err: "",
    });
    expect((await sluice(["complete", "--", "lint", ""])).out).toBe(":files\n");
    expect((await sluice(["complete"])).code).toBe(0);
  });
});

const folder = mkdtempSync(join(tmpdir(), "sluice-completion-"));
mkdirSync(join(folder, "charts"));
writeFileSync(join(folder, "my file.yaml"), "");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function here(shell: string): boolean {
  return spawnSync(shell, ["--version"]).status === 0;
}

async function script(shell: string): Promise<string> {
  const file = join(folder, `script.${shell}`);
  writeFileSync(file, (await sluice(["completion", shell])).out);
  return file;
}

describe.skipIf(!here("bash"))("in bash", () => {
  async function tab(...typed: readonly string[]): Promise<readonly string[]> {
    const program = `source "$1"; shift; COMP_WORDS=(sluice "$@"); COMP_CWORD=$#; _sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const argv = ["--norc", "-c", program, "bash", await script("bash"), ...typed];
    return execFileSync("bash", argv, { encoding: "utf8", cwd: folder }).trim().split("\n");
  }

  it("completes commands, flags, values and files", async () => {
    expect(await tab("pr")).toEqual(["preview", "promote"]);
    expect(await tab("preview", "--fo")).toEqual(["--format"]);
    expect(await tab("preview", "--format", "=", "h")).toEqual(["html"]);
    expect(await tab("lint", "my")).toEqual(["my file.yaml"]);
    expect(await tab("render", "")).toEqual(["charts"]);
  });

  it("runs nothing that is typed", async () => {
    expect(await tab("preview", "--base", "$(touch ran)", "`touch ran`", "")).toContain("--head");
    expect(await tab("lint", "")).toEqual(expect.not.arrayContaining(["ran"]));
  });
});

describe.skipIf(!here("zsh"))("in zsh", () => {
  it("offers words with what they mean", async () => {
    const program = `compdef() { :; }; _describe() { print -rl -- "\${(@P)2}"; }; source "$1"; words=(sluice images b); CURRENT=3; _sluice`;
    const out = execFileSync("zsh", ["-f", "-c", program, "zsh", await script("zsh")], { encoding: "utf8" });
    expect(out).toBe("bump:set an image's tag in the files that deploy it (instead of sed)\n");
  });
});

describe.skipIf(!here("fish"))("in fish", () => {
  it("completes commands, values and files", async () => {
    const file = await script("fish");
    const tab = (line: string) =>
      execFileSync("fish", ["--no-config", "-c", "source $argv[1]; complete -C $argv[2]", file, line], {
        encoding: "utf8",
        cwd: folder,
        env: { ...process.env, HOME: folder },
      });
    expect(tab("sluice images ch")).toBe("check\tshow which images would be updated, and why\n");
    expect(tab("sluice preview --format h")).toBe("html\n");
    expect(tab("sluice lint my")).toMatch(/^my file\.yaml/);
  });
});
