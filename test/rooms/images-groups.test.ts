import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ImagePlay, startImagePlay } from "../support/images.ts";
import { eventually } from "../support/wait.ts";

let play: ImagePlay;
beforeAll(async () => {
  play = await startImagePlay();
});
afterAll(() => play.close());

const overlay = "apps/web/overlays/staging/kustomization.yaml";

/** An app with two containers, `web` and `proxy`, and with the versions of the overlay. */
function twoContainers(version: string): Record<string, string> {
  return {
    "apps/web/base/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: "ghcr.io/acme/web" }
        - { name: proxy, image: "ghcr.io/acme/proxy" }
`,
    [overlay]: `namespace: staging
resources:
  - ../../base
images:
  - { name: ghcr.io/acme/web, newTag: "${version}" }
  - { name: ghcr.io/acme/proxy, newTag: "${version}" }
`,
    "apps/web/overlays/prod/kustomization.yaml": "resources: []\n",
  };
}

/** Two images of one group. */
const group = ["web", "proxy"]
  .map(
    (name) =>
      `  - { image: "{host}/${name}", policy: { semver: "^1.0" }, environments: [staging], pullRequest: { group: front } }\n`,
  )
  .join("");

describe("images of a group", () => {
  it("share one pull request, which advances for each of them", async () => {
    const site = await play.site(group, twoContainers("1.0.0"));
    await site.push("web:1.4.0");
    await site.push("proxy:1.4.0");
    const pull = await site.bump("open", "Update front in staging: web, proxy to 1.4.0");
    await play.quiet();
    expect(site.bumps()).toHaveLength(1);
    expect(pull.headRef).toBe("sluice/image/group/front");
    const { body } = play.github.pull(pull);
    expect(body).toContain("**staging gets 2 images of the group front**, all 1.4.0.");
    expect(body).toMatch(/\| web \| `1\.0\.0` \| `1\.4\.0` \|/);
    expect(site.file(overlay, pull.headRef).match(/newTag: "1.4.0"/g)).toHaveLength(2);
    const check = await play.checkSays(pull, "Registry has all 2 images as described");
    expect(check.summary).toMatch(/web:1\.4\.0`: .+ as described[\s\S]+proxy:1\.4\.0`: .+ as described/);
  });

  it("of which one cannot be brought: the other is, and the pull request says what is left out", async () => {
    const api = `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers: [{ name: proxy, image: "{{ printf "%s:1.0.%d" .Values.proxy 0 }}" }]
`;
    const site = await play.site(group, {
      ...twoContainers("1.0.0"),
      ".sluice.yaml": `version: 1
environments:
  - name: staging
    targets: [{ path: "apps/{app}/overlays/staging" }, { path: "charts/{app}", helm: {} }]
`,
      "charts/api/Chart.yaml": "apiVersion: v2\nname: api\nversion: 0.1.0\n",
      "charts/api/values.yaml": "proxy: ghcr.io/acme/proxy\n",
      "charts/api/templates/deployment.yaml": api,
    });
    await site.push("web:1.4.0");
    await site.push("proxy:1.4.0");
    const pull = await site.bump("open", "1.4.0");
    await eventually("both", () => play.github.pull(pull).title.includes("group front"));
    await play.quiet();
    expect(site.changed(pull.headRef)).toEqual([overlay]);
    expect(play.github.pull(pull).body).toMatch(/Not included: \*\*api in staging\*\*\. .+/);
    await site.concluded("api in staging: ", "proxy");
  });
});

describe("two entries of one image", () => {
  it("have a pull request each, with branches of their own", async () => {
    const entry = (policy: string, environment: string): string =>
      `  - { image: "{host}/web", policy: { ${policy} }, environments: [${environment}] }\n`;
    const site = await play.site(entry('semver: "^1.0"', "staging") + entry('semver: "~1.3"', "prod"));
    await site.push("web:1.3.7");
    await site.push("web:1.4.0");
    const staging = await site.bump("open", "Update web in staging: 1.2.0 → 1.4.0");
    const prod = await site.bump("open", "Update web in prod: 1.3.0 → 1.3.7");
    await play.quiet();
    expect(staging.headRef).not.toBe(prod.headRef);
    expect(site.bumps()).toHaveLength(2);
    await play.github.mergePull({ ...staging, by: "ada" });
    await eventually("its branch is gone", () => !site.branches().includes(staging.headRef));
    await play.quiet();
    expect(play.github.pull(prod).state).toBe("open");
  });
});

describe("an image pull request is overtaken", () => {
  const entry = `  - { image: "{host}/web", policy: { semver: "^1.0" }, environments: [staging] }\n`;

  /** The overlay of staging with this version. */
  function staging(version: string): Record<string, string> {
    return {
      [overlay]: `namespace: staging\nresources:\n  - ../../base\nimages:\n  - name: ghcr.io/acme/web\n    newTag: "${version}"\n`,
    };
  }

  it("by a person's own change to the same version or a newer one: closed with the reason, and its branch goes", async () => {
    const { github } = play;
    const site = await play.site(entry, staging("1.3.0"));
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.quiet();
    await site.commit(staging("1.5.0"));
    const closed = await site.bump("closed");
    expect(closed).toMatchObject({ number: pull.number, merged: false });
    await play.quiet();
    const said = github.comments(pull).find(({ body }) => body.includes("Closed, because nothing is left to do"));
    expect(said?.body).toContain("web/staging has 1.5.0");
    expect(site.branches()).toEqual([]);
    await site.concluded("its pull request was closed");
    // It was not a person who declined it: what is taken back may come again.
    await site.commit(staging("1.3.0"));
    await site.push("web:1.2.0");
    expect((await site.bump()).title).toBe("Update web in staging: 1.3.0 → 1.4.0");
  });

  it("in part: what is left is brought", async () => {
    const site = await play.site(entry.replace("[staging]", "[staging, prod]"));
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.quiet();
    expect(play.github.pull(pull).title).toBe("Update web in prod, staging to 1.4.0");
    await site.commit(staging("1.4.0"));
    await eventually("prod alone", () => play.github.pull(pull).title === "Update web in prod: 1.3.0 → 1.4.0");
    await play.quiet();
    expect(site.changed(pull.headRef)).toEqual(["apps/web/overlays/prod/kustomization.yaml"]);
  });

  it("by the configuration, which no longer asks for it", async () => {
    const { github } = play;
    const site = await play.site(entry, staging("1.3.0"));
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.quiet();
    await site.commit({ ".sluice.yaml": site.file(".sluice.yaml").replace(/images:[\s\S]+/, "") });
    await site.bump("closed");
    await play.quiet();
    const said = github.comments(pull).map(({ body }) => body);
    expect(said).toContainEqual(expect.stringContaining("The configuration no longer asks for these images"));
    expect(site.branches()).toEqual([]);
  });
});
