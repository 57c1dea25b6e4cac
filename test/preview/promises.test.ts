import { describe, expect, it } from "vitest";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { previewWorld } from "./support/world.ts";

describe("a preview says what it could not do", () => {
  it("keeps a difference of more than 70,000 characters: riskiest in the comment, the rest in the check, never green when cut", async () => {
    const world = previewWorld(gitopsFiles());
    const lines = Array.from({ length: 40 }, (_, file) => {
      const data = Array.from(
        { length: 120 },
        (_, index) => `  key-${index}: "value ${file} ${index} ${"x".repeat(20)}"`,
      );
      return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: big-${file}\ndata:\n${data.join("\n")}\n`;
    });
    const pull = await world.propose({
      "apps/web/base/big.yaml": lines.join("---\n"),
      "apps/web/base/kustomization.yaml": "resources:\n  - deployment.yaml\n  - big.yaml\n",
      "apps/web/base/claim.yaml": null,
    });
    const { check, comment } = await world.answer(pull);
    expect(comment.body.length).toBeLessThanOrEqual(65_536);
    expect((check.text ?? "").length).toBeLessThanOrEqual(65_535);
    expect(comment.body).toContain("PersistentVolumeClaim");
    expect(check.conclusion).not.toBe("success");
    expect(comment.body).toMatch(/too large for GitHub/);
  });

  it("shows the renderer's message, file and line for a target that does not render, and fails the check", async () => {
    const world = previewWorld(gitopsFiles());
    const pull = await world.propose({
      "apps/web/overlays/prod/kustomization.yaml": "namespace: prod\nresources:\n  - ../../base\n  - missing.yaml\n",
      "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "100m" }),
    });
    const { check, comment } = await world.answer(pull);
    expect(check.conclusion).toBe("failure");
    expect(comment.body).toContain("missing.yaml");
    expect(comment.body).toContain("replicas: 3");
    expect(comment.body).toContain("checked 1 of 2");
  });

  it("lists the four errors of a configuration on the base with their lines, as a failed check", async () => {
    const broken = `version: 1
environmnts: []
environments:
  - name: staging
    path: 7
  - name: prod
    path: apps/{app}/overlays/prod
    from: stagin
    promote: { strategy: image }
`;
    const world = previewWorld({ ...gitopsFiles(), ".sluice.yaml": broken });
    const pull = await world.propose({
      "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "1" }),
    });
    const { check, comment } = await world.answer(pull);
    expect(check.conclusion).toBe("failure");
    expect(check.annotations?.map((one) => one.startLine)).toEqual(expect.arrayContaining([2, 5, 8, 9]));
    expect(comment.body).toContain("environments");
    expect(comment.body).toContain("Did you mean");
  });

  it("validates a configuration that the pull request itself edits, and still previews with the base's", async () => {
    const world = previewWorld(gitopsFiles());
    const pull = await world.propose({
      ".sluice.yaml": "version: 1\nenvironments:\n  - name: staging\n    pth: apps/{app}/overlays/staging\n",
      "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "100m" }),
    });
    const { check, comment } = await world.answer(pull);
    expect(check.conclusion).toBe("failure");
    expect(check.annotations?.some((one) => one.path === ".sluice.yaml" && one.startLine === 4)).toBe(true);
    expect(comment.body).toContain("replicas: 3");
  });

  it("discovers the targets of a repository without a configuration", async () => {
    const { ".sluice.yaml": _, ...files } = gitopsFiles();
    const world = previewWorld(files);
    const pull = await world.propose({
      "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "1" }),
    });
    const { comment } = await world.answer(pull);
    expect(comment.body).toContain("prod");
    expect(comment.body).toContain("checked 2 of 2");
    expect(comment.body).toContain("took apps and environments from the folder names");
  });

  it("has a friendly sentence for a repository in which nothing renders", async () => {
    const world = previewWorld({ "README.md": "# Nothing here\n" });
    const pull = await world.propose({ "README.md": "# Still nothing\n" });
    const { check, comment } = await world.answer(pull);
    expect(check.conclusion).toBe("success");
    expect(comment.body).toMatch(/no app found/i);
  });

  it("lists a pull request from a fork and does not render it", async () => {
    const world = previewWorld(gitopsFiles());
    const files = { "apps/web/base/deployment.yaml": deployment({ replicas: 9, cpu: "1" }) };
    const pull = { ...(await world.propose(files, "mallory")), fork: true };
    world.github.pulls.set(pull.number, pull);
    const { check, comment } = await world.answer(pull);
    expect(check.conclusion).toBe("neutral");
    expect(comment.body).toContain("It changes files of **web** in prod and staging. Sluice does not render files");
    expect(comment.body).not.toContain("replicas");
  });
});

describe("a preview", () => {
  it("of an image that one overlay bumps says old and new, and leaves the other target alone", async () => {
    const world = previewWorld(gitopsFiles());
    const pull = await world.propose({
      "apps/web/overlays/prod/kustomization.yaml":
        "namespace: prod\nresources:\n  - ../../base\nimages:\n  - name: ghcr.io/acme/web\n    newTag: 1.4.0\n",
    });
    const { comment } = await world.answer(pull);
    expect(comment.body).toContain("1.3.0");
    expect(comment.body).toContain("1.4.0");
    expect(comment.body).toContain("checked 1 of 1");
  });

  it("of a claim that is deleted fails the check, at the finding", async () => {
    const world = previewWorld(gitopsFiles());
    const pull = await world.propose({
      "apps/web/base/claim.yaml": null,
      "apps/web/base/kustomization.yaml": "resources:\n  - deployment.yaml\n",
    });
    const { check, comment } = await world.answer(pull);
    expect(check.conclusion).toBe("failure");
    expect(comment.body).toContain("PersistentVolumeClaim");
  });

  it("of the head that was pushed last is in the one comment, whatever was shown before", async () => {
    const world = previewWorld(gitopsFiles());
    const change = (cpu: string) => ({ "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu }) });
    const pull = await world.propose(change("1"));
    await world.answer(pull);
    for (const cpu of ["2", "3", "4"]) await world.push(pull.head.ref, change(cpu));
    const { comment } = await world.answer(pull);
    expect(comment.body).toContain("cpu: 4");
    expect(comment.body).toContain((await world.again(pull)).head.sha.slice(0, 7));
    expect([...world.comments(pull).keys()]).toEqual(["preview"]);
  });
});
