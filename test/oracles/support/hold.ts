import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { canonicalJson, type JsonObject } from "../../../src/model/json.ts";
import type { Render } from "../../../src/model/render.ts";
import { createRenderer } from "../../../src/render/renderer.ts";
import { patient, realEngine } from "../../render/support/engines.ts";
import { type RenderRepository, renderRepository } from "../../render/support/repositories.ts";
import { runSync } from "../../support/run-sync.ts";
import { type OracleCase, oracleCases } from "./cases.ts";
import { askOracle, type OracleAnswer } from "./oracle.ts";

/** Defines a test for each case of a controller: the engine gives the resources that the controller's code gives. */
export function holdAgainst(controller: string, variable: string): void {
  describe(`${controller}'s own code and the engine`, () => {
    const repository = renderRepository();
    const renderer = createRenderer({ binary: realEngine(), limits: patient, workers: 1 });
    afterAll(async () => {
      await renderer.close();
      await repository.remove();
    });

    it.for(oracleCases(controller))("agree: $name ($what)", async (testCase) => {
      const tree = addFolder(repository, join(testCase.folder, "repo"));
      const source = { tree: await repository.repository.tree(tree), objects: repository.repository.objects };
      const signal = AbortSignal.timeout(600_000);
      const render = await renderer.render(testCase.spec, source, signal);
      expectAgreement(testCase, render, askOracle(variable, testCase.folder));
    });
  });
}

/** Writes a folder, links as links, as a tree of the repository, and gives a commit that has it. */
function addFolder({ temp }: RenderRepository, folder: string): string {
  const index = join(temp.dir, ".git", "case-index");
  const git = (args: readonly string[]): string => {
    const env = { ...process.env, GIT_DIR: join(temp.dir, ".git"), GIT_WORK_TREE: folder, GIT_INDEX_FILE: index };
    const { status, stdout, stderr } = runSync("git", args, { cwd: folder, env });
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  git(["read-tree", "--empty"]);
  git(["add", "--all", "--force", "."]);
  return temp.git("commit-tree", "-m", "Case", git(["write-tree"]));
}

function expectAgreement({ fails, warns }: OracleCase, render: Render, oracle: OracleAnswer): void {
  if (fails !== undefined) {
    expect(oracle).toHaveProperty("error");
    expect(render).toMatchObject({ ok: false, failure: { message: expect.stringContaining(fails) } });
    return;
  }
  if ("error" in oracle) throw new Error(`the oracle fails: ${oracle.error}`);
  if (!render.ok) throw new Error(`the engine fails: ${render.failure.file ?? ""} ${render.failure.message}`);
  expect(inOrder(render.resources().map(({ object }) => object))).toEqual(inOrder(oracle.resources));
  const said = render.warnings.map(({ message }) => message).join("\n");
  for (const words of warns) expect(said).toContain(words);
}

/** The resources one by one, in an order that does not depend on the renderer's. */
function inOrder(resources: readonly JsonObject[]): readonly JsonObject[] {
  const sorted = resources.map((resource) => [canonicalJson(resource), resource] as const);
  return sorted.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, resource]) => resource);
}
