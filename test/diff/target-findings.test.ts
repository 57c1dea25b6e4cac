import { describe, expect, it } from "vitest";
import {
  brokenConfigurationFinding,
  dependsOnClusterFinding,
  guessedValuesFinding,
  lostAppsFinding,
  notFetchedFinding,
  renderFailureFinding,
  suspendedFinding,
  targetRemovedFinding,
  unmatchedPathFinding,
  unreadFilesFinding,
} from "../../src/diff/index.ts";
import type { Finding } from "../../src/model/preview.ts";
import type { UnpinnedReference } from "../../src/model/render.ts";

const about = { app: "webapp", environment: "prod" };
/** All that a finding says of its one place, and no key that says nothing. */
function said({ words, ...finding }: Finding): object {
  return { ...finding, short: words?.short };
}
const problem = {
  ...({ severity: "error", message: "`dev` {x} is unknown.", fix: "Remove it.", file: ".sluice.yaml" } as const),
  ...{ line: 3, column: 1, path: [] },
};
const listed = { kind: "input", message: '"apps/web/x.yaml" is referenced but does not exist\n' } as const;

describe("a finding about a target", () => {
  it("names a chart whose values are guessed", () => {
    const of = (path: string) => guessedValuesFinding({ ...about, path });
    expect(said(of("charts/{web}"))).toStrictEqual({
      ...{ ...about, id: "guessed-values", severity: "warning", resource: "" },
      short: "the values of {app} are not known",
      message:
        "`charts/{web}` was rendered with its default values alone. Nothing says which values it gets, so what is deployed may differ.",
      fix: "name its value files in `.sluice.yaml`",
    });
    expect(of("").message).toMatch(/^`\.` was rendered/);
  });

  it("names what only the cluster decides, and what to do about it", () => {
    const of = (what: string, line?: number) =>
      dependsOnClusterFinding({ ...about, what, file: "charts/web/{a}.yaml", line });
    expect(said(of(".Capabilities.APIVersions.Has", 7))).toStrictEqual({
      ...{
        ...about,
        id: "depends-on-cluster",
        severity: "warning",
        resource: "",
        file: "charts/web/{a}.yaml",
        line: 7,
      },
      short: "{app} depends on the cluster",
      message:
        "webapp in prod depends on the cluster: what `.Capabilities.APIVersions.Has` decides in `charts/web/{a}.yaml` is not rendered here.",
      fix: "set `kubeVersion` and `apiVersions` in `.sluice.yaml`",
    });
    const lookup = of("lookup");
    expect(lookup.fix).toBe("read the template: both branches may be deployed");
    expect(lookup).not.toHaveProperty("line");
  });

  it("names the Flux object that is suspended, and its line where that is known", () => {
    const of = (alone: boolean, line?: number) =>
      suspendedFinding({ kind: "Kustomization", ...about, object: "flux-system/{web}", file: "web.yaml", line, alone });
    const rest =
      " Flux `Kustomization` `flux-system/{web}` has `suspend: true`. When it is resumed, this and every other waiting change go live together.";
    expect(said(of(true, 7))).toStrictEqual({
      ...{ ...about, id: "suspended", severity: "notice", resource: "", file: "web.yaml", line: 7 },
      ...{ short: "Flux is suspended there", message: `Merging does not deploy this.${rest}` },
    });
    expect(of(false).message).toBe(`Merging does not deploy webapp in prod.${rest}`);
    expect(of(false)).not.toHaveProperty("line");
  });

  it("names what a render could not fetch, and what it was before", () => {
    const of = (reference: object) =>
      notFetchedFinding({
        ...about,
        reference: {
          reference: "github.com/acme/{base}?ref=1.0",
          reason: "remote references are not fetched",
          ...reference,
        },
      });
    const rest =
      "This Sluice reads the repository only; Argo CD and Flux fetch it when they deploy. What it adds is not compared.";
    expect(said(of({}))).toStrictEqual({
      ...{ ...about, id: "reference-not-fetched", severity: "warning", resource: "", short: "1 remote base unknown" },
      message: `Not fetched: the remote base \`github.com/acme/{base}?ref=1.0\`. ${rest}`,
      fix: "to have it compared, copy it into the repository",
    });
    expect(of({ kind: "chart", reference: "web:1.x", before: "web:1.0.0" }).message).toBe(
      `Not fetched: the chart \`web:1.x\` (\`web:1.0.0\` before). ${rest} It names no fixed version, so it can change without a commit here.`,
    );
    const refused = of({ kind: "repository", reason: "{host} is not allowed: whoever runs Sluice allows it" });
    expect([refused.message, refused.fix]).toEqual([
      "Not fetched: the repository `github.com/acme/{base}?ref=1.0`. {host} is not allowed: whoever runs Sluice allows it. Argo CD and Flux are not affected. What it adds is not compared.",
      "copy it into the repository",
    ]);
    const told = (failure: UnpinnedReference["failure"], reason: string) =>
      of({ kind: "chart", reference: "web:1.0.0", reason, failure });
    expect(
      told("not-allowed", "https://a.example/x is not fetched: the base branch does not use a.example/x"),
    ).toMatchObject({
      message: expect.stringContaining("`web:1.0.0`. https://a.example/x is not fetched: the base"),
      fix: expect.stringContaining("`sources.allow`"),
    });
    expect(told("denied", "registry.acme.example refused access")).toMatchObject({
      message: expect.stringContaining(". registry.acme.example refused access. Argo"),
      fix: expect.stringContaining("`sources.credentials`"),
    });
    for (const failure of ["refused", "not-found", "unreachable", "limit"] as const)
      expect(told(failure, "the chart is not there")).toMatchObject({
        message: expect.stringContaining(". The chart is not there."),
        fix: expect.not.stringContaining("allow"),
      });
  });

  it.each<readonly [where: string, failure: object, near: string | undefined, message: string, fix: string]>([
    ["nowhere", {}, undefined, "`apps/web/x.yaml` is missing. So what", "add the file, or correct its name"],
    [
      "in the file that is missing",
      { file: "apps/web/x.yaml", line: 1 },
      "y.yaml",
      "`apps/web/x.yaml` is missing. So what",
      "add the file, or correct its name (`y.yaml` is there)",
    ],
    [
      "beside it",
      { file: "apps/web/k.yaml" },
      undefined,
      "`x.yaml` is missing. It is listed in `apps/web/k.yaml`, so what",
      "add the file, or correct its name",
    ],
    [
      "in another folder, with a line",
      { file: "base/k.yaml", line: 4 },
      undefined,
      "`apps/web/x.yaml` is missing. It is listed in `base/k.yaml:4`, so what",
      "add the file, or correct its name",
    ],
    [
      "at the root",
      { file: "k.yaml" },
      undefined,
      "`apps/web/x.yaml` is missing. It is listed in `k.yaml`, so what",
      "add the file, or correct its name",
    ],
  ])("names a file that is missing, and is listed %s", (_, place, near, message, fix) => {
    const finding = renderFailureFinding({ ...about, failure: { ...listed, ...place }, cause: "change", near });
    expect(said(finding)).toStrictEqual({
      ...{ ...about, id: "render-failed", severity: "danger", resource: "", short: "{app} cannot be rendered" },
      ...{ message: `${message} this change does to webapp in prod is unknown.`, fix, ...place },
    });
  });

  it("says of a failed render its first line, as a sentence", () => {
    const of = (message: string) =>
      renderFailureFinding({ ...about, failure: { kind: "input", message }, cause: "base" });
    const before = "webapp in prod could not be rendered before, so all of it shows as new.";
    expect(said(of("\n two words:\nmore"))).toStrictEqual({
      ...{ ...about, id: "render-failed", severity: "warning", resource: "" },
      ...{ short: "{app} could not be rendered before", message: `${before} two words.` },
    });
    expect(of("no stop").message).toBe(`${before} no stop.`);
  });

  it("says what leaves Git with an app", () => {
    const of = (more: object) => said(targetRemovedFinding({ ...about, resources: 2, ...more }));
    const removed = {
      ...about,
      id: "target-removed",
      severity: "warning",
      resource: "",
      short: "app {app} is removed",
    };
    expect(of({ pods: 1, claims: 0 })).toStrictEqual({
      ...removed,
      message:
        "All 2 resources of webapp leave Git in prod. Where pruning is on, they are deleted and 1 pod stops. Else they stay, and nothing updates them any more. No volume claim is among them.",
      fix: "if this is not meant, restore the folder",
    });
    expect(of({ resources: undefined })).toStrictEqual({
      ...removed,
      message:
        "webapp leaves Git in prod; what it had could not be rendered. Where pruning is on, all of it is deleted.",
      fix: "if this is not meant, restore the folder",
    });
  });
});

describe("a finding about changed files that no app has", () => {
  const fix = (folders: string, globs: string) =>
    `add ${folders} to \`.sluice.yaml\`. Not deployed from here? Add ${globs} to \`preview.exclude\``;

  it.each<readonly [about: string, files: readonly string[], short: string, message: string, fix: string]>([
    [
      "one file",
      ["charts/{a}/v.yaml"],
      "1 changed file belongs",
      "`charts/{a}/v.yaml` belongs to no app that Sluice knows. If something deploys it,",
      fix("`charts/{a}`", "`charts/{a}/**`"),
    ],
    [
      "one at the root",
      ["v.yaml"],
      "1 changed file belongs",
      "`v.yaml` belongs to no app that Sluice knows. If something deploys it,",
      fix("the files", "`v.yaml`"),
    ],
    [
      "files of three folders",
      ["a/1.yaml", "a/2.yaml", "b/1.yaml", "c/1.yaml"],
      "4 changed files belong",
      "`a/1.yaml`, `a/2.yaml`, `b/1.yaml`, `c/1.yaml` belong to no app that Sluice knows. If something deploys them,",
      fix("`a`, `b`, `c`", "`a/**`, `b/**`, `c/**`"),
    ],
    [
      "files of more folders",
      ["a/1.yaml", "b/1.yaml", "c/1.yaml", "d/1.yaml", "e/1.yaml", "f/1.yaml", "g/1.yaml", "h/1.yaml"],
      "8 changed files belong",
      "`a/1.yaml`, `b/1.yaml`, `c/1.yaml`, `d/1.yaml`, `e/1.yaml`, `f/1.yaml` and 2 more belong to no app that Sluice knows. If something deploys them,",
      fix("`a`, `b`, `c` and 5 more", "them"),
    ],
  ])("names %s", (_, files, short, message, expected) => {
    expect(said(unreadFilesFinding(files))).toStrictEqual({
      ...{ id: "unread-files", severity: "warning", app: "", environment: "", resource: "", file: files[0] },
      ...{ short: `${short} to no known app`, message: `${message} this change goes live unseen.`, fix: expected },
    });
  });
});

describe("a finding about the configuration", () => {
  it("says what breaks it", () => {
    expect(brokenConfigurationFinding(problem)).toStrictEqual({
      ...{ id: "broken-configuration", severity: "danger", app: "", environment: "", resource: ".sluice.yaml" },
      ...{ message: "`dev` {x} is unknown. Remove it.", file: ".sluice.yaml", line: 3 },
    });
  });

  it("says which path matches no folder", () => {
    const warning = { ...problem, message: "`apps/{app}` matches no folder", fix: "Correct it. Or not." };
    expect(said(unmatchedPathFinding(warning, "prod"))).toStrictEqual({
      ...{ id: "environment-without-folder", severity: "warning", app: "", environment: "prod", resource: "" },
      short: "a path matches no folder",
      message: "`apps/{app}` matches no folder, so nothing is known of what would be there.",
      ...{ fix: "correct it. Or not", file: ".sluice.yaml", line: 3 },
    });
  });

  it.each<readonly [lost: readonly string[], kept: number, all: string, them: string]>([
    [["a"], 0, "its only app", "it"],
    [["{a}", "b"], 0, "both apps", "them"],
    [["a"], 2, "1 app", "it"],
    [["a", "b"], 1, "2 apps", "them"],
  ])("says that an environment loses %j and keeps %d", (lost, kept, all, them) => {
    const loses = `prod loses ${all} with this \`.sluice.yaml\``;
    expect(said(lostAppsFinding("prod", lost, kept))).toStrictEqual({
      ...{ id: "configuration-loses-apps", severity: "warning", app: "", environment: "", resource: "prod" },
      short: loses,
      message: `${loses}: ${lost.join(", ")}. After the merge Sluice ignores ${them} there: no previews, promotions or updates.`,
      fix: "if this is not meant, correct the paths; `sluice targets` lists what they match",
    });
  });

  it("says which path makes an environment lose its apps, and what it was", () => {
    const of = (before?: string) =>
      lostAppsFinding("prod", ["a"], 0, { path: "apps/{app}/live", before, problem: { file: "f", line: 2 } });
    expect(said(of("apps/{app}/prod"))).toStrictEqual({
      ...{ id: "configuration-loses-apps", severity: "warning", app: "", environment: "", resource: "prod" },
      short: "prod loses its only app with this `.sluice.yaml`",
      message:
        "`apps/{app}/live` matches no folder. After the merge Sluice ignores prod: no previews, promotions or updates.",
      ...{ fix: "did you mean `apps/{app}/prod`?", file: "f", line: 2 },
    });
    expect(of().fix).toBe("correct the path");
  });
});
