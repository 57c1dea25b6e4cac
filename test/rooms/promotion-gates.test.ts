import { afterAll, beforeAll, describe, it } from "vitest";
import { type Play, startPlay } from "../support/play.ts";
import { chainFiles } from "../support/promotions.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play.close());

describe("the gates of a promotion", () => {
  it("checks: wait for check runs and statuses of the carried commit", async () => {
    const { github } = play;
    const environments = { staging: "", prod: "gates: { healthy: false, checks: [e2e, load] }" };
    const repository = await play.repository(chainFiles(environments, { web: { staging: "1.4.0", prod: "1.2.0" } }));
    github.setPermission({ ...repository, login: "ada", permission: "write" });
    const pull = await play.merged(repository);
    const carried = play.head(repository).sha;
    await play.say(pull, "/promote prod web");
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, "e2e has not reported on the promoted commit and load has not reported");
    await github.reportCheck({ ...repository, sha: carried, check: "e2e", conclusion: "failure" });
    await play.gatesSay(promotion, "e2e failed on the promoted commit");
    await github.reportCheck({ ...repository, sha: carried, check: "e2e", conclusion: "success" });
    await play.gatesSay(promotion, /^Waiting for the check /);
    await github.status({ ...repository, sha: carried, context: "load", state: "success" });
    await play.gatesSay(promotion, /^Ready: /);
  });
});
