import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import { launcher } from "../support/launcher.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";
import { type Served, serve } from "./support/clones.ts";

describe("a partial clone", () => {
  let origin: TempGit;
  let served: Served;
  let repository: LocalRepository | undefined;

  beforeEach(async () => {
    origin = tempGit();
    origin.commit(files("1"));
    origin.commit({ ...files("2"), "apps/app-3/web.yaml": "changed" });
    served = await serve(origin);
  });
  afterEach(async () => {
    await repository?.close();
    await served.close();
    origin.remove();
  });

  const open = (folder: string, offline = false): LocalRepository => {
    const promised = { env: process.env, offline };
    repository = openRepository(join(folder, ".git"), { start: launcher.start, promised });
    return repository;
  };

  const readAll = async (paths: readonly string[]) => {
    const [head, base] = await Promise.all([opened().tree("HEAD"), opened().tree("HEAD~1")]);
    return Promise.all(paths.map(async (path) => [await text(head, path), await text(base, path)]));
  };
  const opened = (): LocalRepository => {
    if (repository === undefined) throw new Error("open it first");
    return repository;
  };

  it("fetches all manifests of both commits at once", async () => {
    open(await served.clone("--filter=blob:none", "--no-checkout"));
    expect(await opened().changedPaths("HEAD~1", "HEAD")).toHaveLength(63);
    expect(served.fetches()).toBe(0);
    const read = await readAll(Object.keys(files("")).filter((path) => path.endsWith(".yaml")));
    expect(read[0]).toEqual(["kind: 2", "kind: 1"]);
    expect(read.flat()).not.toContain(undefined);
    expect(served.fetches()).toBe(1);
  });

  it("fetches other files with those of their folder, one folder after the other", async () => {
    open(await served.clone("--filter=blob:none", "--no-checkout"));
    await opened().changedPaths("HEAD~1", "HEAD");
    await readAll(["apps/app-0/web.yaml"]);
    for (const name of ["a", "b", "c"])
      expect(await readAll([`scripts/${name}.sh`])).toEqual([[`${name} 2`, `${name} 1`]]);
    expect(served.fetches()).toBe(2);
  });

  it("fetches what is read while another fetch runs", async () => {
    open(await served.clone("--filter=blob:none", "--no-checkout"));
    const tree = await opened().tree("HEAD");
    const first = text(tree, "apps/app-0/web.yaml");
    const second = text(tree, "scripts/a.sh");
    await first;
    expect([await first, await second, await text(tree, "scripts/b.sh")]).toEqual(["kind: 2", "a 2", "b 2"]);
  });

  it("gets the folders of a clone without any at once", async () => {
    open(await served.clone("--filter=tree:0", "--no-checkout"));
    await opened().changedPaths("HEAD~1", "HEAD");
    expect(await readAll(["apps/app-3/web.yaml"])).toEqual([["changed", "kind: 1 # 3 web"]]);
    expect(served.fetches()).toBeLessThanOrEqual(5);
  });

  it("says what is missing and what to do where nothing is fetched", async () => {
    const tree = await open(await served.clone("--filter=blob:none", "--no-checkout"), true).tree("HEAD");
    await expect(text(tree, "apps/app-0/web.yaml")).rejects.toMatchObject({
      kind: "input",
      message: expect.stringMatching(/^this partial clone lacks \d+ files, which git could not fetch: SLUICE_OFFLINE/),
      fix: expect.stringContaining("--filter"),
    });
    expect(served.fetches()).toBe(0);
  });

  it("asks an unwilling server once", async () => {
    const tree = await open(await served.clone("--filter=blob:none", "--no-checkout")).tree("HEAD");
    let asked = 0;
    served.server.intercept = async (_, response) => {
      asked += 1;
      response.writeHead(403).end();
      return true;
    };
    for (const path of ["apps/app-0/web.yaml", "scripts/a.sh"])
      await expect(text(tree, path)).rejects.toMatchObject({ kind: "input", message: expect.stringContaining("403") });
    expect(asked).toBe(1);
  });

  it("takes an object that nobody may fetch for missing", async () => {
    const clone = await served.clone("--filter=blob:none", "--no-checkout");
    const blobs = origin.git("ls-tree", "-r", "--format=%(objectname)", "HEAD").split("\n").slice(0, 4);
    repository = openRepository(clone, { start: launcher.start });
    expect(await Promise.all(blobs.map((oid) => opened().objects.read(oid)))).toEqual(blobs.map(() => undefined));
    expect(await opened().find(`${"0".repeat(39)}1`)).toBeUndefined();
    expect(await opened().resolve("HEAD")).toBe(origin.git("rev-parse", "HEAD"));
  });
});

describe("a shallow clone", () => {
  let origin: TempGit;
  let served: Served;
  let repository: LocalRepository | undefined;
  beforeEach(async () => {
    origin = tempGit();
    origin.commit({ a: "1" });
    origin.git("switch", "--quiet", "--create", "side");
    origin.commit({ b: "1" });
    origin.git("switch", "--quiet", "main");
    origin.commit({ c: "1" });
    served = await serve(origin);
  });
  afterEach(async () => {
    await repository?.close();
    await served.close();
    origin.remove();
  });

  it("says that it lacks the commit where two branches part", async () => {
    const clone = await served.clone("--depth=1", "--no-single-branch");
    repository = openRepository(join(clone, ".git"), { start: launcher.start });
    await expect(repository.mergeBase("origin/main", "origin/side")).rejects.toMatchObject({
      kind: "input",
      message: 'this clone is shallow and lacks the commit where "origin/main" and "origin/side" part',
      fix: expect.stringContaining("fetch-depth"),
    });
  });

  it("says that it is shallow where a commit is missing", async () => {
    const clone = await served.clone("--depth=1");
    repository = openRepository(join(clone, ".git"), { start: launcher.start });
    await expect(repository.resolve("HEAD~1")).rejects.toMatchObject({
      kind: "not-found",
      fix: expect.stringContaining("fetch-depth"),
    });
  });
});

/** Twenty apps of three manifests each, and some scripts. */
function files(version: string): Record<string, string> {
  const apps = Array.from({ length: 20 }, (_, index) =>
    ["web", "api", "job"].map((name) => [
      `apps/app-${index}/${name}.yaml`,
      index === 0 && name === "web" ? `kind: ${version}` : `kind: ${version} # ${index} ${name}`,
    ]),
  );
  const scripts = ["a", "b", "c"].map((name) => [`scripts/${name}.sh`, `${name} ${version}`]);
  return Object.fromEntries([...apps.flat(), ...scripts]);
}

async function text(tree: Awaited<ReturnType<LocalRepository["tree"]>>, path: string): Promise<string | undefined> {
  const bytes = await tree.read(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
