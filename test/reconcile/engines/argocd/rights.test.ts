import { expect, it } from "vitest";
import { z } from "zod";
import { ArgocdWorld, source } from "../../../support/argocd-world.ts";
import { documentedRights } from "../../../support/documented-rights.ts";

/** An Application without automated sync, and the rights that the page has people give. */
function world(): ArgocdWorld {
  const made = new ArgocdWorld({ source });
  const rights = JSON.stringify(documentedRights(["argocd"])).replaceAll("webapp-prod", "web-staging");
  for (const object of z.array(z.record(z.string(), z.json())).parse(JSON.parse(rights))) made.cluster.put(object);
  const kinds = ["Application.argoproj.io"];
  made.grant = { ...made.grant, namespaces: ["argocd"], kinds, serviceAccount: "argocd/sluice-shop" };
  return made;
}

it("the documented rights are enough to have Argo CD deploy, and all calls are the account's", async () => {
  const made = world();
  for (let round = 0; round < 6; round += 1) {
    await made.step();
    made.now += 10_000;
    for (let work = 0; work < 4; work += 1) made.work();
  }
  expect((await made.step()).status).toMatchObject({ state: "live" });
  const calls = made.cluster.calls.map(({ user, verb, kind }) => `${user} ${verb} ${kind}`);
  const account = "system:serviceaccount:argocd:sluice-shop";
  expect(new Set(calls)).toEqual(new Set([`${account} get Application`, `${account} patch Application`]));
});

it("another Application is none of theirs", async () => {
  const made = world();
  const { status } = await made.step({}, {}, { application: "other" });
  expect(status).toMatchObject({ state: "failed", failure: { kind: "refused" } });
  expect(JSON.stringify(status)).toContain("(403)");
});
