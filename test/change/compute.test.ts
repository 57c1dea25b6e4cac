import { describe, expect, it } from "vitest";
import { type ChangeInput, type ComputedChange, computeChange, type Intent } from "../../src/change/compute.ts";
import { imageUses, useKey } from "../../src/change/images/image-uses.ts";
import type { Expectation } from "../../src/change/proof/prove.ts";
import type { ChangePlan } from "../../src/change/rendered-target.ts";
import { toItems } from "../../src/diff/item.ts";
import { Fault, UserError } from "../../src/model/errors.ts";
import type { Target } from "../../src/model/target.ts";
import type { TreeChange } from "../../src/model/tree.ts";
import { type MemoryRenderer, memoryRenderer, targetIn } from "../support/memory-renderer.ts";
import { memoryRepository } from "../support/memory-repository.ts";

function web(image: string, more: Readonly<Record<string, string | number>> = {}): string {
  const spec = { template: { spec: { containers: [{ name: "web", image }] } }, ...more };
  return JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec });
}

function write(path: string, text: string): TreeChange {
  return { kind: "write", path, bytes: Buffer.from(text), executable: false };
}

/** A plan that writes these changes, whatever the render says. */
function planOf(changes: readonly TreeChange[], more: Partial<ChangePlan> = {}): Intent["plan"] {
  return async () => ({ versions: [], changes, notes: [], expected: undefined, ...more });
}

interface World {
  readonly renderer: MemoryRenderer;
  readonly files: Readonly<Record<string, string>>;
  compute(intents: readonly Intent[], more?: Partial<ChangeInput>): Promise<ComputedChange>;
}

function world(files: Readonly<Record<string, string>>, allTargets: readonly Target[] = []): World {
  const repository = memoryRepository();
  const base = repository.commit(files);
  const renderer = memoryRenderer();
  const signal = AbortSignal.timeout(600_000);
  return {
    renderer,
    files,
    compute: (intents, more) => computeChange({ repository, base, intents, allTargets, renderer, signal, ...more }),
  };
}

async function treeOf(files: Readonly<Record<string, string>>): Promise<string> {
  const repository = memoryRepository();
  return (await repository.tree(repository.commit(files))).oid;
}

const target = targetIn("web/prod");
const file = "web/prod/web.yaml";
const files = { [file]: web("acme/web:1") };
const about = { app: "web", environment: "prod", path: "web/prod" };

describe("a plan of changes", () => {
  it("says what changes where, with the renders before and after, and the tree that comes out", async () => {
    const { compute } = world(files);
    const changes = [write(file, web("acme/web:2"))];
    const computed = await compute([{ target, plan: planOf(changes, { notes: ["One."] }) }]);
    expect(computed.targets).toEqual([
      {
        ...about,
        outcome: "planned",
        images: [{ image: "acme/web", from: "1", to: "2" }],
        edits: [{ file, line: 1, before: web("acme/web:1"), after: web("acme/web:2") }],
        notes: ["One."],
      },
    ]);
    expect(computed.changes).toEqual(changes);
    expect(computed.tree).toBe(await treeOf({ [file]: web("acme/web:2") }));
    const { before, after } = computed.renders.get("web/prod") ?? {};
    expect(before?.ok && JSON.stringify(before.resources())).toContain("acme/web:1");
    expect(after?.ok && JSON.stringify(after.resources())).toContain("acme/web:2");
  });

  it("of nothing leaves everything as it is", async () => {
    const { compute } = world(files);
    const computed = await compute([{ target, plan: planOf([], { notes: ["It is there."] }) }]);
    expect(computed).toEqual({
      targets: [{ ...about, outcome: "already", images: [], edits: [], notes: ["It is there."] }],
      changes: [],
      tree: await treeOf(files),
      renders: new Map(),
    });
  });

  it("is given the target's render at the base, and who reads its files", async () => {
    const { compute } = world(files, [target]);
    const seen: unknown[] = [];
    const plan: Intent["plan"] = async (rendered, dependents, probe) => {
      const { at, render, target: of } = await rendered;
      seen.push(of.id, at.tree.oid, JSON.stringify(render.resources()).includes("acme/web:1"));
      seen.push((await dependents.of(file)).map(({ id }) => id));
      return planOf([])(rendered, dependents, probe);
    };
    await compute([{ target, plan }]);
    expect(seen).toEqual(["web/prod", await treeOf(files), true, ["web/prod"]]);
  });

  it("tells how far it has come", async () => {
    const seen: unknown[] = [];
    const { compute } = world(files, [target]);
    const changes = [write(file, web("acme/web:2"))];
    await compute(
      [
        { target, plan: planOf(changes) },
        { target: targetIn("api/prod"), plan: planOf([]) },
      ],
      {
        onProgress: (progress) => seen.push(progress),
      },
    );
    expect(seen).toContainEqual({ phase: "dependents", done: 1, total: 1 });
    expect(seen).toContainEqual({ phase: "plan", done: 1, total: 2 });
    expect(seen).toContainEqual({ phase: "plan", done: 2, total: 2 });
  });

  it("lists 500 changed lines, and says that there are more", async () => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `# ${index}\n`).join("");
    const { compute } = world(files);
    const edited = async (count: number) => {
      const changes = [write("notes", lines(count)), write("web/prod/x", "1\n")];
      const [result] = (await compute([{ target, plan: planOf(changes) }])).targets;
      return result;
    };
    expect(await edited(499)).toMatchObject({ edits: { length: 500 }, notes: [] });
    expect(await edited(500)).toMatchObject({
      edits: { length: 500 },
      notes: ["More than 500 lines change in 2 files; the first are listed."],
    });
  });

  it("puts the changes of all targets together, by path, and renders again what another one's change plays into", async () => {
    const api = targetIn("api/prod");
    const shared = { "api/prod/reads": `${file}\n`, ...files };
    const { compute } = world(shared);
    const computed = await compute([
      { target, plan: planOf([write(file, web("acme/web:2"))]) },
      { target: api, plan: planOf([write("api/prod/x.yaml", "{}")]) },
    ]);
    expect(computed.changes.map(({ path }) => path)).toEqual(["api/prod/x.yaml", file]);
    expect(computed.targets.map(({ app }) => app)).toEqual(["web", "api"]);
    expect(computed.tree).toBe(await treeOf({ ...shared, [file]: web("acme/web:2"), "api/prod/x.yaml": "{}" }));
    const { after } = computed.renders.get("api/prod") ?? {};
    expect(after?.ok && JSON.stringify(after.resources())).toContain("acme/web:2");
  });
});

describe("a target is refused", () => {
  const changes = [write(file, web("acme/web:2"))];
  const good: Intent = { target: targetIn("api/prod"), plan: planOf([write("api/prod/x.yaml", "{}")]) };

  it("with the reason of its plan and what was asked for, and the others are planned", async () => {
    const { compute } = world(files);
    const plan = async () => Promise.reject(new UserError("refused", "No.", { fix: "Do." }));
    const computed = await compute([{ target, plan }, good]);
    expect(computed.targets).toMatchObject([
      { ...about, outcome: "refused", reason: "No.", fix: "Do.", images: [], edits: [], notes: [] },
      { app: "api", outcome: "planned" },
    ]);
    expect(computed.changes.map(({ path }) => path)).toEqual(["api/prod/x.yaml"]);
    expect([...computed.renders.keys()]).toEqual(["api/prod"]);
  });

  it("when it does not render, or would not render", async () => {
    const versions = [{ image: "acme/web", from: "1", to: "2" }];
    const broken = world({ [file]: "broken" });
    const before = await broken.compute([{ target, plan: planOf(changes, { versions }) }]);
    expect(before.targets).toMatchObject([
      {
        outcome: "refused",
        reason: `web/prod does not render: ${file} is no resource`,
        images: versions,
      },
    ]);
    const after = await world(files).compute([{ target, plan: planOf([write(file, "broken")], { versions }) }]);
    expect(after.targets).toMatchObject([
      { outcome: "refused", reason: `with the new version web/prod would not render: ${file} is no resource` },
    ]);
  });

  it("by its plan's own reason where it does not render either", async () => {
    const plan = async () => Promise.reject(new UserError("refused", "No."));
    const { targets } = await world({ [file]: "broken" }).compute([{ target, plan }]);
    expect(targets).toMatchObject([{ reason: "No." }]);
  });

  it("is planned where nothing is to be done, though it does not render", async () => {
    const { targets } = await world({ [file]: "broken" }).compute([{ target, plan: planOf([]) }]);
    expect(targets).toMatchObject([{ outcome: "already" }]);
  });

  it("but what is no refusal is thrown, and so is an abort", async () => {
    const { compute } = world(files);
    const fail = async () => Promise.reject(new Fault("unavailable", "gone"));
    await expect(compute([{ target, plan: fail }, good])).rejects.toThrow("gone");
    const stop = new AbortController();
    const plan = async () => {
      stop.abort(new Error("stopped"));
      throw new UserError("refused", "No.");
    };
    await expect(compute([{ target, plan }], { signal: stop.signal })).rejects.toThrow("stopped");
  });
});

describe("what a plan expects of the render", () => {
  const expected = (beyond: Expectation["beyond"], to = "acme/web:2"): Expectation => {
    const uses = imageUses(toItems([{ object: JSON.parse(web("acme/web:1")) }]));
    const images = new Map(uses.map((use) => [useKey(use), to]));
    return { images, names: new Map([["acme/web", to]]), texts: [["1", "2"]], beyond };
  };
  const versions = [{ image: "acme/web", from: "1", to: "2" }];
  const changed = async (text: string, expectation: Expectation) => {
    const changes = [write(file, text)];
    const plan = planOf(changes, { versions, expected: expectation });
    return (await world(files).compute([{ target, plan }])).targets[0];
  };

  it("is what comes out, with the versions of the plan", async () => {
    expect(await changed(web("acme/web:2"), expected("nothing"))).toMatchObject({
      outcome: "planned",
      images: versions,
      notes: [],
    });
  });

  it("or the target is refused", async () => {
    expect(await changed(web("acme/web:2", { replicas: 3 }), expected("nothing"))).toMatchObject({
      outcome: "refused",
      reason: "the edit would change more in the render than the version: `Deployment/web /spec/replicas`",
      images: versions,
    });
  });

  it.each([
    ["values", { replicas: 3 }, ["1 other field of the render changes with it."]],
    ["everything", { replicas: 3, paused: 1 }, ["2 other fields of the render change with it."]],
    ["values", {}, []],
    ["nothing", { label: "2" }, []],
  ] as const)("may allow %s, and %o is counted", async (beyond, more, notes) => {
    const old = beyond === "nothing" ? web("acme/web:1", { label: "1" }) : web("acme/web:1");
    const plan = planOf([write(file, web("acme/web:2", more))], { versions, expected: expected(beyond) });
    const { targets } = await world({ [file]: old }).compute([{ target, plan }]);
    expect(targets).toMatchObject([{ outcome: "planned", images: versions, notes }]);
  });
});

describe("other targets that read what changes", () => {
  const changes = [write(file, web("acme/web:2"))];
  const reading = (folder: string) => ({ [`${folder}/reads`]: `${file}\n` });
  const outcome = async (others: readonly Target[], more: Readonly<Record<string, string>>) => {
    const { compute } = world({ ...files, ...more }, [target, ...others]);
    return (await compute([{ target, plan: planOf(changes) }])).targets[0];
  };

  it("may not change", async () => {
    const others = [targetIn("a/eu"), targetIn("b/eu"), targetIn("c/eu")];
    expect(await outcome(others, { ...reading("a/eu"), ...reading("c/eu") })).toMatchObject({
      outcome: "refused",
      reason: `editing \`${file}\` would also change a in eu, c in eu`,
    });
  });

  it("change with it where they take it in, which is said", async () => {
    const [one, two] = [targetIn("all/prod", "clusters/prod"), targetIn("more/prod", "more")];
    expect(await outcome([one], reading("clusters/prod"))).toMatchObject({
      outcome: "planned",
      notes: ["`all/prod` includes `web/prod` and changes with it."],
    });
    expect(await outcome([one, two], { ...reading("clusters/prod"), ...reading("more") })).toMatchObject({
      notes: ["`all/prod`, `more/prod` include `web/prod` and change with it."],
    });
  });

  it("are said nothing of where their render stays the same", async () => {
    const plan = planOf([write(file, `# a comment\n${web("acme/web:1")}`)]);
    const { compute } = world({ ...files, ...reading("a/eu") }, [target, targetIn("a/eu")]);
    expect((await compute([{ target, plan }])).targets).toMatchObject([{ outcome: "planned", notes: [], images: [] }]);
  });
});
