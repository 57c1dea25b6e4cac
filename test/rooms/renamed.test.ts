import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { openRooms, type Rooms } from "../support/rooms.ts";

let walk: Rooms;
beforeAll(async () => {
  walk = await openRooms();
});
afterAll(() => walk.close());

describe("a bad day at GitHub", () => {
  it("a repository that was renamed gets what was asked for under its former name", async () => {
    const former = await walk.repository(gitopsFiles());
    walk.github.setDeliveryMode("hold");
    const pull = await walk.propose(former, { "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "2" }) });
    const renamed = await walk.github.renameRepository({ ...former, to: `${former.name}-renamed` });
    walk.github.setDeliveryMode("deliver");
    const { comment, check } = await walk.answer({ ...pull, ...renamed });
    expect(comment.body).toContain("cpu: 2");
    expect(check.status).toBe("completed");
  });
});
