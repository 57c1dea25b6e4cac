import { describe, expect, it, onTestFinished } from "vitest";
import { distributions, startDistribution } from "../support/distribution.ts";
import { eventually } from "../support/wait.ts";
import { server } from "./support/setting.ts";

describe.each(distributions())("a Distribution $version registry", ({ version, binary }) => {
  it("tells of a push with its own media type and the headers that it was configured with", async () => {
    const receiver = await server(() => ({ status: 202 }));
    const headers = { Authorization: "Bearer from-the-registry" };
    const notifications = { url: `${receiver.origin}/registry/here`, headers };
    const distribution = await startDistribution({ auth: "basic", binary, notifications });
    onTestFinished(() => distribution.close());
    const digest = await distribution.push("team/app", "1.2.3", { platforms: ["linux/amd64", "linux/arm64"] });
    const told = await eventually("the registry tells of the tag", () =>
      receiver.asked.find(({ body }) => body.includes('"1.2.3"')),
    );
    expect(told.authorization).toBe("Bearer from-the-registry");
    expect(told.headers["content-type"]).toContain(version.startsWith("2.") ? "events.v1+json" : "events.v2+json");
    expect(JSON.parse(told.body)).toMatchObject({
      events: [
        {
          action: "push",
          target: { repository: "team/app", tag: "1.2.3", digest },
          request: { host: distribution.host },
        },
      ],
    });
  });
});
