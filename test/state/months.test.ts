import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import type { Decision } from "../../src/model/state.ts";
import { changesOf } from "../../src/state/changes.ts";
import { newReadFiles, StateSnapshot } from "../../src/state/snapshot.ts";
import { launcher } from "../support/launcher.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";
import { held, NOW, promoted, waiting } from "./world.ts";

describe("months of decisions", () => {
  let temp: TempGit;
  let repository: LocalRepository;
  beforeEach(() => {
    temp = tempGit();
    temp.git("checkout", "-q", "--orphan", "sluice-state");
    repository = openRepository(temp.dir, { start: launcher.start });
  });
  afterEach(async () => {
    await repository.close();
    temp.remove();
  });

  const snapshot = (): Promise<StateSnapshot> => StateSnapshot.of(repository, newReadFiles());

  /** Commits the files as they are after the decisions, as if each had been recorded. Gives the size of the largest. */
  async function decide(decisions: readonly Decision[]): Promise<number> {
    let largest = 0;
    for (const decision of decisions) {
      const changes = await changesOf(await snapshot(), decision);
      temp.commit(Object.fromEntries(changes.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])));
      largest = Math.max(largest, ...changes.map(({ bytes }) => bytes.length));
    }
    return largest;
  }

  it("leave the newest 200 in a file, and a hold that is read without them", async () => {
    const entry = (nth: number): string =>
      `  - id: p-${nth}\n    kind: promoted\n    at: 2026-01-01T00:00:00.000Z\n    by: alice\n    commit: ${"c".repeat(40)}\n`;
    const entries = Array.from({ length: 1_000 }, (_, nth) => entry(nth)).join("");
    temp.commit({ "environments/prod/webapp.yaml": `history:\n${entries}` });
    const largest = await decide([held("h"), promoted("last")]);
    expect(largest).toBeLessThan(40_000);
    const state = await snapshot();
    expect(await state.hold("prod", "webapp", NOW)).toMatchObject({ by: "alice" });
    const history = await state.history("prod", "webapp");
    expect(history).toHaveLength(200);
    expect(history.slice(-3).map(({ id }) => id)).toEqual(["p-999", "h", "last"]);
  });

  it("never make a file that is too large to be read again", async () => {
    const images = Array.from({ length: 600 }, (_, nth) => ({
      image: `registry.example.com/a-team/with-a-long-name/service-${nth}`,
      from: `1.4.0@sha256:${"a".repeat(64)}`,
      to: `1.5.0@sha256:${"b".repeat(64)}`,
    }));
    const text = { image: "values.yaml: text", from: "x".repeat(900_000), to: "y".repeat(900_000) };
    const large = Array.from({ length: 5 }, (_, nth) =>
      promoted(`p-${nth}`, { versions: { webapp: [text, ...images] } }),
    );
    expect(await decide(large)).toBeLessThanOrEqual(512 * 1024);
    const history = await (await snapshot()).history("prod", "webapp");
    expect(history.at(-1)?.id).toBe("p-4");
    const apps = Array.from({ length: 30_000 }, (_, nth) => `an-app-with-a-name-${nth}`);
    const deferred = changesOf(await snapshot(), waiting("w", 1, { apps }));
    await expect(deferred).rejects.toMatchObject({ name: "UserError", kind: "limit" });
  });

  it("are read by what is asked for alone", async () => {
    await decide([held("h", { apps: ["webapp", "other"] })]);
    temp.commit({ "environments/prod/other.yaml": "hold: [" });
    const state = await snapshot();
    expect(await state.hold("prod", "webapp", NOW)).toMatchObject({ by: "alice" });
    expect(await changesOf(state, promoted("p"))).toHaveLength(1);
  });
});
