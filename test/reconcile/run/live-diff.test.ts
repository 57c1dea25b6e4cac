import { describe, expect, it } from "vitest";
import { applyWorld, config, files } from "./apply-world.ts";

const settings = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "web" };
const hydrated = `  - name: staging
    path: apps/{app}/staging
    deploy: { engine: hydrate, branch: env }
`;
const atStaging = Object.fromEntries(
  Object.entries(files("web", "1")).map(([path, text]) => [path.replace("/prod/", "/staging/"), text]),
);

async function liveWorld() {
  const begin = { ...files("web", "1"), ...files("api", "1"), ...atStaging, ".sluice.yaml": `${config}${hydrated}` };
  const world = applyWorld({}, begin);
  await world.settle();
  await world.wait();
  await world.propose({ "README.md": "x" });
  return world;
}

describe("/diff live", () => {
  it("says that nothing differs, or what does, and writes nothing to the cluster", async () => {
    const world = await liveWorld();
    expect(await world.say("/diff live prod")).toContain("✅ **prod matches Git** in 2 apps: api, web.");
    expect(world.reaction()).toBe("rocket");
    world.cluster.put({ ...world.cluster.object(settings), data: { value: "@acme/all" } }, "kubectl-edit");
    const at = world.cluster.calls.length;
    const reply = await world.say("/diff live prod web");
    expect(reply).toContain("🟠 **prod differs from Git in 1 resource.**");
    expect(reply).toContain("| ConfigMap `web` | value `1` → `@acme/all`, by `kubectl-edit` |");
    expect(reply).toMatch(/```diff\n@@ ConfigMap web data @@\n-value: "1"\n\+value: "@acme\/all"\n```/);
    expect(world.cluster.calls.slice(at).filter(({ writes }) => writes)).toEqual([]);
    expect(await world.say("/diff live prod api")).toContain("✅ **prod matches Git** in 1 app: api.");
  });

  it("says plainly what is not live at what Git has now, and shows what a deploy would change", async () => {
    const world = await liveWorld();
    await world.say("/hold prod", "mona");
    await world.merge(files("web", "2"));
    const reply = await world.say("/diff live prod");
    expect(reply).toContain(
      "**Not live yet:** web at what main has now. There, what differs is what a deploy would change",
    );
    expect(reply).toContain("| ConfigMap `web` | value `2` → `1` |");
  });

  it("says what cannot be seen, and refuses what is no environment or not given to Sluice", async () => {
    const world = await liveWorld();
    const unseen = await world.say("/diff live staging");
    expect(unseen).toContain("🟠 **Nothing of staging could be compared.**");
    expect(unseen).toContain(
      "**Not compared:** web: Sluice does not apply there itself, so it does not see what runs.",
    );
    expect(await world.say("/diff live nowhere")).toContain("there is no environment `nowhere`");
    expect(await world.say("/diff live")).toContain("no environment is named");
    expect(await world.say("/diff dead prod")).toContain("`dead` is not a word of `/diff`");
    expect(world.reaction()).toBe("-1");
  });

  it("is for those who may deploy there", async () => {
    const world = await liveWorld();
    world.github.permissions.set("guest", "triage");
    const at = world.cluster.calls.length;
    await world.say("/diff live prod", "guest");
    expect(world.reaction()).toBe("-1");
    expect(world.cluster.calls.slice(at)).toEqual([]);
  });

  it("works on the issue about drift, where commands about pull requests are refused", async () => {
    const world = await liveWorld();
    world.cluster.remove(settings);
    for (let minutes = 0; minutes < 12; minutes += 1) await world.pass(1);
    const [issue] = world.github.issues.get("drift-prod") ?? [];
    expect(issue?.title).toBe("prod differs from Git: 1 resource");
    expect(await world.say("/diff live prod", "ada", issue)).toContain("| ConfigMap `web` | missing in the cluster |");
    expect(await world.say("/diff", "ada", issue)).toContain("there is no pull request here to check");
    expect(await world.say("/promote prod", "ada", issue)).toContain("`/promote` is about a pull request");
    expect(await world.say("/help", "ada", issue)).toContain("/reconcile");
  });
});
