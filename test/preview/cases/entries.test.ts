import { describe, expect, it } from "vitest";
import { application, configMap, flux, sync } from "../../support/controller-objects.ts";
import { type Files, previewOf, type Said } from "./support.ts";

const url = "https://git.example/ops";
const here = (files: Files): Files =>
  Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      typeof text === "string"
        ? text.replaceAll(/ssh:\/\/git@github.com\/Acme\/gitops.git|git@github.com:acme\/gitops.git/g, url)
        : text,
    ]),
  );
const shop = here({
  ...sync("prod"),
  "clusters/prod/apps.yaml": flux("apps", "./apps"),
  "clusters/prod/web.yaml": flux("web", "./web"),
  "apps/api.yaml": flux("api", "./api"),
  "api/cm.yaml": configMap("api"),
  "web/cm.yaml": configMap("web"),
});
const finalizer = "finalizers: [resources-finalizer.argocd.argoproj.io]";
const automated = "  syncPolicy: { automated: { prune: true } }\n";
const argo = here({
  "root/root.yaml": application("root", "apps", automated),
  "apps/web.yaml": application("web", "web"),
  "apps/tools.yaml": application("tools", "tools", automated),
  "tools/api.yaml": application("api", "api"),
  "api/cm.yaml": configMap("api"),
  "web/cm.yaml": configMap("web"),
});
const gotk = "clusters/prod/flux-system/gotk-sync.yaml";
const list = "clusters/prod/flux-system/kustomization.yaml";
const messages = ({ preview }: Said) => preview.findings.map(({ message }) => message);
const unknown = ({ preview }: Said) =>
  (preview.unknown ?? []).flatMap(({ targets }) => targets.map(({ app }) => app)).toSorted();

describe("an entry that is deleted", () => {
  it("tells what goes with a bootstrap of Flux that prunes itself, although that is in Git still", async () => {
    const said = await previewOf(shop, { [gotk]: undefined, [list]: undefined });
    expect([said.targets, said.findings, said.conclusion]).toEqual([
      { "clusters/prod": "unchanged", "flux-system/prod": "removed" },
      ["danger target-removed"],
      "failure",
    ]);
    expect(messages(said)[0]).toContain("With Kustomization `flux-system` they are deleted.");
    expect(messages(said)[0]).toContain(
      "apps in prod and web in prod go with it, and so does all that they deploy: still in Git, but nothing reads it",
    );
  });

  it("tells of what stays because the object says so", async () => {
    const kept = { ...shop, "clusters/prod/web.yaml": `${shop["clusters/prod/web.yaml"]}  deletionPolicy: Orphan\n` };
    const said = await previewOf(kept, { [gotk]: undefined, [list]: undefined });
    expect(messages(said)[0]).toContain("apps in prod goes with it, and so does all that it deploys");
    expect(messages(said)[0]).toContain("web in prod goes with it, and what was deployed stays.");
  });

  it("tells of each object that goes with it, and of what they have below them", async () => {
    const gone = { "clusters/prod/apps.yaml": undefined, "clusters/prod/web.yaml": undefined };
    const said = await previewOf(shop, { [gotk]: undefined, [list]: undefined, ...gone });
    expect(said.targets).toEqual({ "flux-system/prod": "removed", "apps/prod": "removed", "web/prod": "removed" });
    expect(messages(said).find((text) => text.includes("`apps`"))).toContain("api goes with it");
  });
});

describe("an entry that does not render any more", () => {
  it("leaves everything below it unknown, and nothing removed", async () => {
    const broken = await previewOf(shop, { [gotk]: `${shop[gotk]}\n  a: [b\n` });
    expect(Object.values(broken.targets)).not.toContain("removed");
    expect(broken.findings).toEqual(["danger render-failed", "warning unknown-targets"]);
    expect(unknown(broken)).toEqual(["api", "apps", "flux-system-kustomization", "web"]);
    const missing = await previewOf(shop, { [list]: "resources: [nothing.yaml]\n" });
    expect(missing.targets).toEqual({ "flux-system/prod": "failed" });
    expect(unknown(missing)).toEqual(["api", "apps", "web"]);
  });

  it("leaves what a root Application of Argo CD declares unknown, to any depth", async () => {
    const said = await previewOf(argo, {
      "root/root.yaml": `${argo["root/root.yaml"]}`.replace("path: apps", "path: aps"),
    });
    expect(said.targets).toEqual({ "root/default": "failed", "root-files/default": "changed" });
    expect(unknown(said)).toEqual(["api", "tools", "web"]);
  });
});

describe("a root Application that is deleted", () => {
  const rootText = (said: Said) => messages(said).find((one) => one.includes("of root"));

  it("takes what it declared with it where people delete it in the cluster", async () => {
    const root = `${argo["root/root.yaml"]}`.replace("namespace: argocd }", `namespace: argocd, ${finalizer} }`);
    const said = await previewOf({ ...argo, "root/root.yaml": root }, { "root/root.yaml": undefined });
    expect(said.findings).toContain("warning target-removed");
    expect(rootText(said)).toContain(
      "tools and web go with it, and what was deployed stays, where Application `root` is deleted.",
    );
  });

  it("leaves behind what it declared where it has no finalizer", async () => {
    expect(rootText(await previewOf(argo, { "root/root.yaml": undefined }))).toContain(
      "Application `root` leaves what it deployed behind: they stay",
    );
  });
});

describe("a FluxInstance", () => {
  const instance = `apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: { name: flux, namespace: flux-system }
spec: { sync: { kind: GitRepository, url: "${url}", ref: refs/heads/main, path: clusters/prod } }
`;
  const operated = {
    "bootstrap/instance.yaml": instance,
    "clusters/prod/web.yaml": shop["clusters/prod/web.yaml"],
    "web/cm.yaml": configMap("web"),
  };

  it("that is deleted takes its Kustomization with it, and what that declared where it is deleted", async () => {
    const said = await previewOf(operated, { "bootstrap/instance.yaml": undefined });
    expect(said.targets).toMatchObject({ "bootstrap/prod": "removed", "flux-system/prod": "removed" });
    expect(said.findings).toEqual(["warning target-removed", "warning target-removed"]);
    expect(messages(said).find((text) => text.includes("of flux-system"))).toContain("web in prod goes with it");
  });

  it("that cannot be read any more leaves all of it unknown", async () => {
    const said = await previewOf(operated, { "bootstrap/instance.yaml": `${instance}  a: [b\n` });
    expect(Object.values(said.targets)).not.toContain("removed");
    expect(unknown(said)).toEqual(["flux-system", "web"]);
    expect(said.conclusion).toBe("failure");
  });
});
