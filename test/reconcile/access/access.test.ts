import { describe, expect, it } from "vitest";
import type { ClusterGrant, ClusterSettings } from "../../../src/model/deploy.ts";
import { type DeploySubject, grantOf } from "../../../src/reconcile/access/grant.ts";
import { accessRefusals, type ScopedObject } from "../../../src/reconcile/access/refusals.ts";

const grant: ClusterGrant = {
  repositories: ["acme/shop"],
  environments: ["prod"],
  namespaces: ["shop-prod", "team-{app}", "feature-*"],
  serviceAccount: "shop-prod/deployer",
};
const cluster: ClusterSettings = { name: "prod-1", namespace: "sluice", grants: [grant] };
const subject: DeploySubject = { repository: { owner: "acme", name: "shop" }, environment: "prod", app: "web" };

/** `kind` is `Kind` or `Kind.group`. */
function object(kind: string, namespace?: string, name = "x", version = "v1"): ScopedObject {
  const [short = "", ...group] = kind.split(".");
  const apiVersion = group.length === 0 ? version : `${group.join(".")}/${version}`;
  return { reference: { apiVersion, kind: short, name, namespace }, namespaced: namespace !== undefined };
}

const inCluster = (kind: string, name?: string) => object(kind, undefined, name);

function refused(changes: Partial<ClusterGrant>, asked: ScopedObject, who: DeploySubject = subject) {
  const [first] = accessRefusals({ cluster, grant: { ...grant, ...changes }, subject: who }, [asked]);
  return first?.reason;
}

describe("the entry that gives a cluster to a repository", () => {
  const found = (changes: Partial<ClusterGrant>, who: Partial<DeploySubject> = {}) =>
    grantOf({ ...cluster, grants: [{ ...grant, ...changes }] }, { ...subject, ...who }) !== undefined;

  it.each<[string, boolean, Partial<ClusterGrant>, Partial<DeploySubject>]>([
    ["its own repository and environment", true, {}, {}],
    ["names as GitHub compares them", true, {}, { repository: { owner: "ACME", name: "Shop" } }],
    ["every repository of an owner", true, { repositories: ["acme/*"] }, {}],
    ["another repository", false, {}, { repository: { owner: "acme", name: "shop-evil" } }],
    ["another owner", false, {}, { repository: { owner: "evil", name: "shop" } }],
    ["an owner whose name goes on", false, { repositories: ["acme*"] }, {}],
    ["a slash that a star would have to cross", false, { repositories: ["*"] }, {}],
    ["another environment", false, {}, { environment: "staging" }],
    ["an environment in capitals", false, {}, { environment: "PROD" }],
    ["environments by pattern", true, { environments: ["pr*"] }, {}],
    ["an environment that calls itself a star", false, {}, { environment: "*" }],
    ["no repository at all", false, { repositories: [] }, {}],
  ])("%s: %s", (_, expected, changes, who) => expect(found(changes, who)).toBe(expected));

  it("is the first that matches, so a narrow one goes first", () => {
    const narrow = { ...grant, namespaces: ["narrow"] };
    const wide = { ...grant, repositories: ["*/*"], namespaces: ["*"] };
    expect(grantOf({ ...cluster, grants: [narrow, wide] }, subject)).toBe(narrow);
  });
});

describe("an object in a namespace", () => {
  it.each<[string, string]>([
    ["a named namespace", "shop-prod"],
    ["one by the app's name", "team-web"],
    ["one by pattern", "feature-7"],
  ])("is open in %s", (_, namespace) => expect(refused({}, object("Deployment.apps", namespace))).toBeUndefined());

  it.each<[string, string, Partial<ClusterGrant>]>([
    ["another namespace", "default", {}],
    ["a namespace that only begins alike", "shop-prod-2", {}],
    ["another app's namespace", "team-api", {}],
    ["a namespace in capitals", "Shop-Prod", {}],
    ["Kubernetes' own, by a star", "kube-system", { namespaces: ["*"] }],
    ["Kubernetes' own, by a narrower star", "kube-system", { namespaces: ["kube-*"] }],
    ["Sluice's own, by a star", "sluice", { namespaces: ["*"] }],
    ["Sluice's own, by its name", "sluice", { namespaces: ["sluice"] }],
    ["no namespace", "", { namespaces: ["*"] }],
  ])("is refused in %s", (_, namespace, changes) =>
    expect(refused(changes, object("ConfigMap", namespace))).toMatch(/namespace/),
  );

  it("is open in Kubernetes' own namespace where the operator names it", () =>
    expect(refused({ namespaces: ["kube-system"] }, object("ConfigMap", "kube-system"))).toBeUndefined());

  it("is not opened by an app that calls itself a pattern", () => {
    const hostile = { ...subject, app: "*" };
    expect(refused({ namespaces: ["team-{app}"] }, object("ConfigMap", "team-payments"), hostile)).toMatch(/namespace/);
    expect(refused({ namespaces: ["{app}"] }, object("ConfigMap", "sluice"), { ...subject, app: "sluice" })).toMatch(
      /keeps for itself/,
    );
    expect(
      refused({ namespaces: ["{app}"] }, object("ConfigMap", "kube-system"), { ...subject, app: "kube-system" }),
    ).toMatch(/not open/);
  });

  it.each<[string, string, readonly string[] | undefined, boolean]>([
    ["any kind where none is listed", "Widget.example.com", undefined, true],
    ["a listed kind", "Deployment.apps", ["Deployment.apps"], true],
    ["a kind of a listed group", "Deployment.apps", ["*.apps"], true],
    ["a kind that is not listed", "Secret", ["Deployment.apps"], false],
    ["the same kind of another group", "Deployment.extensions", ["Deployment.apps"], false],
    ["a kind of a group that only begins alike", "Deployment.apps.evil", ["Deployment.apps"], false],
    ["a core kind by another group's name", "Secret.evil.example", ["Secret"], false],
    ["a kind in another case", "secret", ["Secret"], false],
  ])("%s", (_, kind, kinds, open) => {
    expect(refused({ kinds }, object(kind, "shop-prod")) === undefined).toBe(open);
  });
});

describe("an object of the whole cluster", () => {
  it.each(["ClusterRole.rbac.authorization.k8s.io", "CustomResourceDefinition.apiextensions.k8s.io", "Namespace"])(
    "%s is refused where its kind is not listed",
    (kind) => expect(refused({ kinds: ["*"] }, inCluster(kind, "shop-prod"))).toMatch(/kind/),
  );

  it("is open where its kind is listed", () =>
    expect(
      refused({ clusterKinds: ["ClusterIssuer.cert-manager.io"] }, inCluster("ClusterIssuer.cert-manager.io")),
    ).toBe(undefined));

  it("is a Namespace only where that namespace is open too", () => {
    const listed = { clusterKinds: ["Namespace"] };
    expect(refused(listed, inCluster("Namespace", "shop-prod"))).toBeUndefined();
    expect(refused(listed, inCluster("Namespace", "payments"))).toMatch(/not open/);
    expect(refused({ ...listed, namespaces: ["*"] }, inCluster("Namespace", "sluice"))).toMatch(/keeps for itself/);
    expect(refused({ ...listed, namespaces: ["*"] }, inCluster("Namespace", "kube-system"))).toMatch(/not open/);
  });
});

describe("rights", () => {
  const own = { serviceAccount: undefined };
  const role = object("RoleBinding.rbac.authorization.k8s.io", "shop-prod");
  const clusterRole = inCluster("ClusterRoleBinding.rbac.authorization.k8s.io");

  it("are left to the API server where it sees the service account", () => {
    expect(refused({}, role)).toBeUndefined();
    expect(refused({ clusterKinds: ["*"] }, clusterRole)).toBeUndefined();
  });

  it("need their full name where Sluice acts with its own rights", () => {
    expect(refused(own, role)).toMatch(/kind/);
    expect(refused({ ...own, kinds: ["*"] }, role)).toMatch(/kind/);
    expect(refused(own, object("RoleBinding.authorization.openshift.io", "shop-prod"))).toMatch(/kind/);
    expect(refused({ ...own, clusterKinds: ["*"] }, clusterRole)).toMatch(/kind/);
    expect(refused({ ...own, kinds: ["RoleBinding.rbac.authorization.k8s.io"] }, role)).toBeUndefined();
    expect(refused({ ...own, clusterKinds: ["ClusterRoleBinding.rbac.authorization.k8s.io"] }, clusterRole)).toBe(
      undefined,
    );
  });
});

describe("a refusal", () => {
  it("names every object that is refused, why, and what the operator would add", () => {
    const asked = [object("ConfigMap", "default"), object("ConfigMap", "shop-prod"), inCluster("Namespace", "x")];
    expect(accessRefusals({ cluster, grant, subject }, asked)).toEqual([
      {
        object: asked[0]?.reference,
        reason: "is in namespace default, which is not open to prod of acme/shop",
        fix: "Move it, or ask the operator for `default` in the `namespaces` of cluster prod-1.",
      },
      {
        object: asked[2]?.reference,
        reason: "is of kind Namespace, which is not open to prod of acme/shop",
        fix: "Leave it out, or ask the operator for `Namespace` in the `clusterKinds` of cluster prod-1.",
      },
    ]);
  });
});
