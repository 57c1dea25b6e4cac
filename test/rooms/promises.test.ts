import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { openRooms, type Rooms } from "../support/rooms.ts";

let walk: Rooms;
beforeAll(async () => {
  walk = await openRooms();
});
afterAll(() => walk.close());

describe("a preview says what it could not do", () => {
  it("keeps a difference of more than 70,000 characters: riskiest in the comment, the rest in the check, never green when cut", async () => {
    const repository = await walk.repository(gitopsFiles());
    const lines = Array.from({ length: 40 }, (_, file) => {
      const data = Array.from(
        { length: 120 },
        (_, index) => `  key-${index}: "value ${file} ${index} ${"x".repeat(20)}"`,
      );
      return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: big-${file}\ndata:\n${data.join("\n")}\n`;
    });
    const pull = await walk.propose(repository, {
      "apps/web/base/big.yaml": lines.join("---\n"),
      "apps/web/base/kustomization.yaml": "resources:\n  - deployment.yaml\n  - big.yaml\n",
      "apps/web/base/claim.yaml": null,
    });
    const { check, comment } = await walk.answer(pull);
    expect(comment.body.length).toBeLessThanOrEqual(65_536);
    expect((check.text ?? "").length).toBeLessThanOrEqual(65_535);
    expect(comment.body).toContain("PersistentVolumeClaim");
    expect(check.conclusion).not.toBe("success");
    expect(comment.body).toMatch(/too large for GitHub/);
  });

  it("shows the renderer's message, file and line for a target that does not render, and fails the check", async () => {
    const repository = await walk.repository(gitopsFiles());
    const pull = await walk.propose(repository, {
      "apps/web/overlays/prod/kustomization.yaml": "namespace: prod\nresources:\n  - ../../base\n  - missing.yaml\n",
      "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "100m" }),
    });
    const { check, comment } = await walk.answer(pull);
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
    const repository = await walk.repository({ ...gitopsFiles(), ".sluice.yaml": broken });
    const pull = await walk.propose(repository, {
      "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "1" }),
    });
    const { check, comment } = await walk.answer(pull);
    expect(check.conclusion).toBe("failure");
    expect(check.annotations.map((one) => one.startLine)).toEqual(expect.arrayContaining([2, 5, 8, 9]));
    expect(comment.body).toContain("environments");
    expect(comment.body).toContain("Did you mean");
  });

  it("validates a configuration that the pull request itself edits, and still previews with the base's", async () => {
    const repository = await walk.repository(gitopsFiles());
    const pull = await walk.propose(repository, {
      ".sluice.yaml": "version: 1\nenvironments:\n  - name: staging\n    pth: apps/{app}/overlays/staging\n",
      "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "100m" }),
    });
    const { check, comment } = await walk.answer(pull);
    expect(check.conclusion).toBe("failure");
    expect(check.annotations.some((one) => one.path === ".sluice.yaml" && one.startLine === 4)).toBe(true);
    expect(comment.body).toContain("replicas: 3");
  });

  it("discovers the targets of a repository without a configuration", async () => {
    const { ".sluice.yaml": _, ...files } = gitopsFiles();
    const repository = await walk.repository(files);
    const pull = await walk.propose(repository, {
      "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "1" }),
    });
    const { comment } = await walk.answer(pull);
    expect(comment.body).toContain("prod");
    expect(comment.body).toContain("checked 2 of 2");
    expect(comment.body).toContain("took apps and environments from the folder names");
  });

  it("has a friendly sentence for a repository in which nothing renders", async () => {
    const repository = await walk.repository({ "README.md": "# Nothing here\n" });
    const pull = await walk.propose(repository, { "README.md": "# Still nothing\n" });
    const { check, comment } = await walk.answer(pull);
    expect(check.conclusion).toBe("success");
    expect(comment.body).toMatch(/no app found/i);
  });

  it("lists a pull request from a fork and does not render it", async () => {
    const repository = await walk.repository(gitopsFiles());
    const fork = await walk.github.fork({ ...repository, by: "mallory" });
    await walk.github.commit({
      ...fork,
      branch: "evil",
      files: { "apps/web/base/deployment.yaml": deployment({ replicas: 9, cpu: "1" }) },
      by: "mallory",
    });
    const pull = await walk.github.openPull({
      ...repository,
      head: "mallory:evil",
      title: "Trust me",
      by: "mallory",
    });
    const { check, comment } = await walk.answer(pull);
    expect(check.conclusion).toBe("neutral");
    expect(comment.body).toContain("It changes files of **web** in prod and staging. Sluice does not render files");
    expect(comment.body).not.toContain("replicas");
  });
});

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
