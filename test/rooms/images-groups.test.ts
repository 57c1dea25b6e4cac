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
    await eventually("both", () => play.github.pull(pull).title.includes("front in staging: web, proxy"));
    await play.quiet();
    expect(site.changed(pull.headRef)).toEqual([overlay]);
    expect(play.github.pull(pull).body).toMatch(/Not included: \*\*api in staging\*\*\. .+/);
    await site.concluded("api in staging: ", "proxy");
  });
});
