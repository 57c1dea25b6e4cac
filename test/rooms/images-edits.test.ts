import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ImagePlay, startImagePlay } from "../support/images.ts";

let play: ImagePlay;
beforeAll(async () => {
  play = await startImagePlay();
});
afterAll(() => play.close());

const config = `version: 1
environments:
  - name: staging
    targets:
      - path: apps/{app}/overlays/staging
      - path: charts/{app}
        helm: { valueFiles: ["charts/{app}/values-{environment}.yaml"] }
      - path: plain/{app}
`;

/** Every form in which a version stands, with what a careful person writes around it. */
const files: Readonly<Record<string, string>> = {
  ".sluice.yaml": config,
  "apps/web/overlays/prod/kustomization.yaml": "resources: []\n",
  "apps/web/overlays/staging/kustomization.yaml": `# The overlay of staging.
namespace:   staging
resources: [ ../../base ]

images:
  - name: ghcr.io/acme/web   # as the base has it
    newTag:   '1.2.0'        # the released version

  - {name: ghcr.io/acme/other, newTag: "7.0"}
`,
  "charts/api/Chart.yaml": "apiVersion: v2\nname: api\nversion: 0.1.0\n",
  "charts/api/values.yaml": "image: { repository: nobody/none, tag: '0' }\nreplicas: 1\n",
  "charts/api/values-staging.yaml": `# Values of staging.
image:
    repository:  ghcr.io/acme/web
    tag: "1.2.0"     # {"keep": "this comment"}
replicas: 0x10
`,
  "charts/api/templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers:
        - name: api
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
`,
  "plain/jobs/cron.yaml": `apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule:   "0 0 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - {name: main, image: ghcr.io/acme/web:1.2.0, args: [a,   b]}   # one line
---
# A second document, which stays.
apiVersion: v1
kind: ConfigMap
metadata: {name: notes}
data: {version: "1.2.0-not-an-image"}
`,
};

const template = "charts/api/templates/deployment.yaml";

/** The file with one text in place of another that stands in it once. */
function replaced(text: string, from: string, to: string): string {
  expect(text.split(from)).toHaveLength(2);
  return text.replace(from, to);
}

const at = {
  overlay: "apps/web/overlays/staging/kustomization.yaml",
  values: "charts/api/values-staging.yaml",
  plain: "plain/jobs/cron.yaml",
};

describe("a bump", () => {
  it("changes one scalar in each form of file, and no other byte", async () => {
    const site = await play.site(
      `  - { image: "{host}/web", policy: { semver: "^1.0" }, environments: [staging] }\n`,
      files,
    );
    const before = Object.fromEntries(Object.values(at).map((path) => [path, site.file(path)]));
    await site.push("web:1.4.0");
    const { headRef: branch, title } = await site.bump();
    expect(title).toBe("Update web in staging: 1.2.0 → 1.4.0");
    expect(site.changed(branch).toSorted()).toEqual(Object.values(at));
    expect(site.file(at.overlay, branch)).toBe(replaced(before[at.overlay] ?? "", "'1.2.0'", "'1.4.0'"));
    expect(site.file(at.values, branch)).toBe(replaced(before[at.values] ?? "", '"1.2.0"', '"1.4.0"'));
    expect(site.file(at.plain, branch)).toBe(replaced(before[at.plain] ?? "", "web:1.2.0", "web:1.4.0"));
  });

  it("writes the digest beside the tag where both are pinned, and never leaves an old one there", async () => {
    const site = await play.site(
      `  - { image: "{host}/web", policy: { semver: "^1.0" }, environments: [staging], pin: both }\n`,
      files,
    );
    const before = Object.fromEntries(Object.values(at).map((path) => [path, site.file(path)]));
    await site.push("web:1.2.0");
    const first = await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.quiet();
    const branch = pull.headRef;
    expect(site.file(at.plain, branch)).toBe(
      replaced(before[at.plain] ?? "", "web:1.2.0", `web:1.4.0@${first.digest}`),
    );
    expect(site.file(at.overlay, branch)).toMatch(
      new RegExp(`newTag: +'1.4.0' +# the released version\n +digest: ['"]?${first.digest}['"]?\n\n`),
    );
    await play.quiet();
    await site.push("web:1.5.0");
    const { digest } = await site.push("web:1.5.1");
    await site.bump("open", "1.5.1");
    expect(site.file(at.plain, branch)).toContain(`web:1.5.1@${digest}`);
    expect(site.file(at.overlay, branch)).toContain(digest);
    expect(
      Object.values(at)
        .map((path) => site.file(path, branch))
        .join(),
    ).not.toContain(first.digest);
  });

  it("pins the digest alone where that is asked for, and moves with a tag that moves", async () => {
    const site = await play.site(
      `  - { image: "{host}/web", policy: { digest: main }, environments: [staging], pin: digest }\n`,
      { [at.plain]: files[at.plain] ?? "", ".sluice.yaml": config },
    );
    const before = site.file(at.plain);
    const one = await site.push("web:main");
    const pull = await site.bump();
    await play.quiet();
    expect(site.file(at.plain, pull.headRef)).toBe(replaced(before, "web:1.2.0", `web@${one.digest}`));
    const two = await site.push("web:main");
    expect(two.digest).not.toBe(one.digest);
    await play.quiet();
    expect(site.file(at.plain, pull.headRef)).toBe(replaced(before, "web:1.2.0", `web@${two.digest}`));
    expect(site.bumps()).toHaveLength(1);
    expect(site.changed(pull.headRef)).toContain(at.plain);
  });

  it("leaves a target alone that cannot be changed by one value, brings the others, and says so", async () => {
    const site = await play.site(`  - { image: "{host}/web", policy: { semver: "^1.0" }, environments: [staging] }\n`, {
      ...files,
      [template]: replaced(files[template] ?? "", "{{ .Values.image.tag }}", '{{ printf "1.%d.0" 2 }}'),
    });
    await site.push("web:1.4.0");
    const pull = await site.bump();
    expect(site.changed(pull.headRef)).toEqual([at.overlay, at.plain]);
    expect(pull.body).toMatch(/Not included: \*\*api in staging\*\*\. .+/);
    await site.concluded("api in staging: ");
  });
});
