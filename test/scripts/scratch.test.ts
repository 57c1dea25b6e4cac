import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { removeLeftovers } from "../support/scratch.ts";
import { tempDir } from "../support/temp-git.ts";

it("removes what runs left that were killed, and nothing of one that runs or of others", () => {
  const place = tempDir();
  const { pid: ended } = spawnSync(process.execPath, ["--version"]);
  const names = [`sluice-tests-${process.pid}`, `sluice-tests-${ended}`, "sluice-tests-", "PostgreSQL.1"];
  for (const name of names) mkdirSync(join(place, name));
  writeFileSync(join(place, `sluice-tests-${ended}`, "file"), "left");
  removeLeftovers(place);
  expect(readdirSync(place)).toEqual(["PostgreSQL.1", "sluice-tests-", `sluice-tests-${process.pid}`].toSorted());
  rmSync(place, { recursive: true });
});
