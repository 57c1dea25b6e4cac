import { describe, expect, it } from "vitest";
import { deployment, fluxKustomization, kustomization, previewOf } from "./support.ts";

const app = (path: string, image: string) => ({
  [`${path}/kustomization.yaml`]: kustomization(["web.yaml"]),
  [`${path}/web.yaml`]: deployment("web", { image }),
});
const gone = (path: string) => ({ [`${path}/kustomization.yaml`]: undefined, [`${path}/web.yaml`]: undefined });
const application = (path: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: web, namespace: argocd }\nspec:\n  source: { repoURL: "https://git.example/ops", path: ${path} }\n`;

describe("a folder that is moved", () => {
  const [from, to] = ["apps/shop/prod", "apps/web/prod"];
  const move = { ...gone(from), ...app(to, "ghcr.io/acme/web:1.5.0") };
  const base = app(from, "ghcr.io/acme/web:1.4.0");

  it.each([
    ["Argo CD Application", application],
    ["Flux Kustomization", (path: string) => fluxKustomization("web", path)],
  ])("names the %s that follows", async (tool, object) => {
    const file = "clusters/prod/web.yaml";
    const { comment } = await previewOf({ ...base, [file]: object(from) }, { ...move, [file]: object(to) });
    expect(comment).toContain(
      `so nothing is deleted or created. ${tool} \`web\` follows: its \`path\` changes here too.`,
    );
  });

  it("names none where the path stays, or leads elsewhere", async () => {
    const file = "clusters/prod/web.yaml";
    for (const path of [from, "apps/other"]) {
      const changed = { ...move, [file]: `${application(path)}# moved\n` };
      expect((await previewOf({ ...base, [file]: application(from) }, changed)).comment).not.toContain("follows:");
    }
  });
});
