import fc from "fast-check";
import { expect, it } from "vitest";
import { type FileEdit, overrideFor, parseImage, printImage, versionEdits } from "../../../src/edit/find/index.ts";
import { helm, type TestTarget, targetsOf } from "./support/target.ts";
import { charts, type WrittenChart } from "./support/written-chart.ts";
import { version } from "./support/written-kustomize.ts";

const { target } = targetsOf();
const own = "own.yaml";
const chart = helm("chart", "shared.yaml", own);

/** What gives an image of the render another version in the target's own file; `undefined` when nothing can. */
async function inOwnFile(
  { found, bytes }: TestTarget,
  name: string,
  wanted: { readonly tag: string; readonly digest: string },
): Promise<readonly FileEdit[] | undefined> {
  const deciding = found.settings.find((one) => one.subject.name === name && one.decidedBy === undefined);
  if (deciding === undefined) throw new Error(`nothing sets ${name}`);
  if (deciding.file !== own) return overrideFor(deciding, wanted, found, { file: own, bytes: await bytes(own) });
  const edits = versionEdits(deciding, wanted);
  return "refused" in edits ? undefined : edits.map((edit) => ({ file: own, edit }));
}

function nameOf(image: string): string {
  return parseImage(image)?.name ?? image;
}

it("finds what sets every image of a chart, under its whole name", async () => {
  await fc.assert(
    fc.asyncProperty(charts, async ({ files, names }) => {
      const { found } = await target(files, chart);
      expect(found.problems).toEqual([]);
      for (const name of names) expect(found.settings.some(({ subject }) => subject.name === name)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

it("gives an image the wanted version in the target's own values, and changes no other", async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(charts, version, fc.nat(), async ({ files, names }: WrittenChart, wanted, pick) => {
      const before = await target(files, chart);
      const name = names[pick % names.length] ?? "";
      const edits = await inOwnFile(before, name, wanted);
      if (edits === undefined) {
        expect(wanted.digest).not.toBe("");
        return;
      }
      done += 1;
      const after = await before.edited(edits);
      const text = printImage({ ...wanted, name });
      expect(after.images).toEqual(before.images.map((one) => (nameOf(one) === name ? text : one)).sort());
    }),
    { numRuns: 40 },
  );
  expect(done).toBeGreaterThan(15);
});
