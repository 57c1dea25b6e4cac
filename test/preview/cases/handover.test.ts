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
const automated = "  syncPolicy: { automated: { prune: true } }\n";
const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: web, namespace: argocd }
spec:
  goTemplate: true
  generators: [{ list: { elements: [{ name: web-staging }, { name: web-prod }] } }]
  template:
    metadata: { name: "{{ .name }}" }
    spec:
      project: default
      source: { repoURL: ${url}, path: "{{ .name }}", targetRevision: HEAD }
      destination: { server: https://kubernetes.default.svc, namespace: "{{ .name }}" }
`;
const argo = here({
  "root/root.yaml": application("root", "apps", automated),
  "apps/set.yaml": set,
  "web-staging/cm.yaml": configMap("web"),
  "web-prod/cm.yaml": configMap("web"),
});
const apps = here({
  "apps/staging.yaml": application("web-staging", "web-staging"),
  "apps/prod.yaml": application("web-prod", "web-prod"),
});
const shop = here({
  ...sync("prod"),
  "clusters/prod/apps.yaml": flux("apps", "./apps"),
  "clusters/prod/infra.yaml": flux("infra", "./infra"),
  "apps/web.yaml": flux("web", "./web"),
  "infra/x.yaml": configMap("x"),
  "web/cm.yaml": configMap("web"),
});
const messages = ({ preview }: Said) => preview.findings.map(({ message }) => message).toSorted();
const moves = ({ preview }: Said) =>
  (preview.moved ?? []).map(({ app, environment, moves: [one] }) => `${app}/${environment}: ${one?.from} → ${one?.to}`);

describe("an ApplicationSet that Applications of the same names replace", () => {
  const toApplications = { "apps/set.yaml": undefined, ...apps };

  it("pairs them, and says that Argo CD deletes what the set owns before it is made again", async () => {
    const said = await previewOf(argo, toApplications);
    expect(said.targets).toEqual({ "web/default": "removed", "root/default": "changed" });
    expect(moves(said)).toEqual([
      "web/staging: ApplicationSet argocd/web → Application argocd/root",
      "web/prod: ApplicationSet argocd/web → Application argocd/root",
    ]);
    expect([said.findings, said.conclusion]).toEqual([["danger owned-by-set", "danger owned-by-set"], "failure"]);
    expect(messages(said)[0]).toBe(
      "With ApplicationSet `web`, which owns it, Argo CD deletes the Application of web in prod; all that it deployed goes with it. What declares it now makes it again.",
    );
  });

  it("says that what they deployed stays where the set preserves it", async () => {
    const kept = `${set}  syncPolicy: { preserveResourcesOnDeletion: true }\n`;
    const said = await previewOf({ ...argo, "apps/set.yaml": kept }, toApplications);
    expect(said.findings).toEqual(["warning owned-by-set", "warning owned-by-set"]);
    expect(messages(said)[0]).toContain("Argo CD deletes the Application of web in prod; what it deployed stays.");
  });

  it("says nothing of it where pruning is off, so that the set stays", async () => {
    const root = `${argo["root/root.yaml"]}`.replace("prune: true", "prune: false");
    const said = await previewOf({ ...argo, "root/root.yaml": root }, toApplications);
    expect(said.findings).not.toContain("danger owned-by-set");
  });

  it("tells of one that leaves a set that stays, unless the policy of the set forbids to delete it", async () => {
    const fewer = {
      "apps/set.yaml": set.replace(", { name: web-prod }", ""),
      "apps/prod.yaml": apps["apps/prod.yaml"],
    };
    const said = await previewOf(argo, fewer);
    expect(said.findings).toEqual(["danger owned-by-set"]);
    expect(messages(said)[0]).toContain(
      "ApplicationSet `web` owns it and does not make it any more, so Argo CD deletes",
    );
    const policy = "  syncPolicy: { applicationsSync: create-update }\n";
    const forbidden = { ...fewer, "apps/set.yaml": `${fewer["apps/set.yaml"]}${policy}` };
    expect((await previewOf({ ...argo, "apps/set.yaml": `${set}${policy}` }, forbidden)).findings).toEqual([]);
  });
});

describe("objects that get another parent", () => {
  it("are Applications that a set makes from now on: nothing of them is removed", async () => {
    const before = { ...argo, "apps/set.yaml": undefined, ...apps };
    const said = await previewOf(before, {
      ...{ "apps/set.yaml": set, "apps/staging.yaml": undefined, "apps/prod.yaml": undefined },
    });
    expect([said.targets, said.findings]).toEqual([{ "root/default": "changed", "web/default": "added" }, []]);
    expect(moves(said)).toHaveLength(2);
  });

  it("are Kustomizations that another Kustomization declares: nothing of them is removed", async () => {
    const moved = {
      "apps/web.yaml": undefined,
      "apps/y.yaml": configMap("y"),
      "infra/web.yaml": shop["apps/web.yaml"],
    };
    const said = await previewOf(shop, moved);
    expect([said.targets, said.findings]).toEqual([{ "apps/prod": "changed", "infra/prod": "changed" }, []]);
    expect(moves(said)).toEqual(["web/prod: Kustomization flux-system/apps → Kustomization flux-system/infra"]);
  });

  it("are not removed where their new parent does not render", async () => {
    const moved = {
      "apps/web.yaml": undefined,
      "apps/y.yaml": configMap("y"),
      "infra/web.yaml": shop["apps/web.yaml"],
    };
    const said = await previewOf(shop, { ...moved, "infra/x.yaml": "just words\n" });
    expect(said.targets).toEqual({ "apps/prod": "changed", "infra/prod": "failed" });
    expect(said.preview.unknown).toMatchObject([{ app: "infra", targets: [{ app: "web" }] }]);
    const elsewhere = await previewOf(shop, { ...moved, "infra/web.yaml": undefined, "infra/x.yaml": "just words\n" });
    expect(elsewhere.targets).toMatchObject({ "web/prod": "removed" });
  });
});
