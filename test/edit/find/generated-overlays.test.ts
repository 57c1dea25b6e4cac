import fc from "fast-check";
import { expect, it } from "vitest";
import {
  overrideFor,
  parseImage,
  printImage,
  type VersionSetting,
  versionEdits,
} from "../../../src/edit/find/index.ts";
import { settingLines } from "./support/setting-lines.ts";
import { kustomize, type TestTarget, targetsOf } from "./support/target.ts";
import { overlays, version } from "./support/written-kustomize.ts";

const { target } = targetsOf();
const own = "o/kustomization.yaml";

function nameOf(image: string): string {
  return parseImage(image)?.name ?? image;
}

/** Without what moves when lines are added. */
function unmoved(settings: readonly VersionSetting[]): readonly string[] {
  return settingLines(settings).map((line) => line.replace(/ < .*$/, ""));
}

it("finds a setting for every image that is rendered", async () => {
  await fc.assert(
    fc.asyncProperty(overlays, async (files) => {
      const { found, images } = await target(files, kustomize("o"));
      expect(found.problems).toEqual([]);
      const known = new Set(found.settings.map(({ subject }) => subject.name));
      expect(images.map(nameOf).filter((name) => !known.has(name))).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

it("sets exactly the wanted version where a setting decides, and leaves every other setting as it was", async () => {
  await fc.assert(
    fc.asyncProperty(overlays, version, fc.nat(), async (files, wanted, pick) => {
      const before = await target(files, kustomize("o"));
      const deciding = before.found.settings.filter(
        ({ decidedBy, matchesNothing }) => decidedBy === undefined && matchesNothing === undefined,
      );
      const setting = deciding[pick % deciding.length];
      if (setting === undefined) return;
      const edits = versionEdits(setting, wanted);
      if ("refused" in edits) {
        expect(edits.refused).toMatch(/^[bco]\/\S+:\d+: /);
        return;
      }
      const after = await before.edited(edits.map((edit) => ({ file: setting.file, edit })));
      const at = before.found.settings.indexOf(setting);
      const now = after.found.settings[at];
      expect(
        now?.whole === undefined
          ? { tag: now?.tag?.value ?? "", digest: now?.digest?.value ?? "" }
          : parseImage(now.whole.value),
      ).toMatchObject(wanted);
      expect(unmoved(after.found.settings).toSpliced(at, 1)).toEqual(unmoved(before.found.settings).toSpliced(at, 1));
      expectOnly(before, after, setting, printImage({ ...wanted, name: setting.subject.name ?? "" }));
    }),
    { numRuns: 20 },
  );
});

/** Only places of the setting's image changed, and to the wanted. */
function expectOnly(before: TestTarget, after: TestTarget, { subject }: VersionSetting, wanted: string): void {
  const others = (images: readonly string[]) => images.filter((image) => nameOf(image) !== subject.name);
  expect(others(after.images)).toEqual(others(before.images));
  expect(after.images).toContain(wanted);
}

it("overrides any image in the target's own kustomization, wherever it is set", async () => {
  await fc.assert(
    fc.asyncProperty(overlays, version, fc.nat(), async (files, wanted, pick) => {
      const before = await target(files, kustomize("o"));
      const image = nameOf(before.images[pick % before.images.length] ?? "");
      const setting = before.found.settings.find(({ subject }) => subject.name === image);
      if (setting === undefined) throw new Error(`nothing sets ${image}`);
      const edits = overrideFor(setting, wanted, before.found, { file: own, bytes: await before.bytes(own) });
      const after = await before.edited(edits ?? []);
      const text = printImage({ ...wanted, name: image });
      expect(after.images).toEqual(before.images.map((one) => (nameOf(one) === image ? text : one)).sort());
    }),
    { numRuns: 20 },
  );
});
