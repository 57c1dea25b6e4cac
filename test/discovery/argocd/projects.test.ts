import { describe, expect, it } from "vitest";
import { projectOf, readProject, refusals } from "../../../src/discovery/argocd/projects.ts";
import type { JsonObject } from "../../../src/model/json.ts";

function project(spec: JsonObject) {
  const found = readProject({ kind: "AppProject", metadata: { name: "team" }, spec });
  if (found === undefined) throw new Error("it is no project");
  return found;
}

const anywhere = { destinations: [{ server: "*", namespace: "*" }] };
const here = { server: "https://kubernetes.default.svc", namespace: "web" };

describe("the sources that a project permits", () => {
  const url = "https://git.example.com/acme/deploy.git";
  const refused = (sourceRepos: readonly string[], repoURL = url): boolean =>
    refusals(project({ ...anywhere, sourceRepos }), [{ repoURL }], here).length > 0;

  it.each([
    ["all of them", ["*"]],
    ["the same, whatever its case and ending", ["https://git.example.com/Acme/Deploy"]],
    ["a glob, in which a star is one name", ["https://git.example.com/acme/*"]],
    ["a glob, in which two stars are several", ["https://git.example.com/**"]],
    ["all that are not denied", ["!https://git.example.com/other/**"]],
  ])("%s", (_, repos) => expect(refused(repos)).toBe(false));

  it.each([
    ["none", []],
    ["a glob whose star does not reach that far", ["https://git.example.com/*"]],
    ["a denied one, whatever else permits it", ["*", "!https://git.example.com/acme/*"]],
    ["another form of the address", ["git@git.example.com:acme/deploy.git"]],
  ])("not, with %s", (_, repos) => expect(refused(repos)).toBe(true));

  it("are told by the address, once", () => {
    const found = refusals(project(anywhere), [{ repoURL: url }, { repoURL: url }], here);
    expect(found).toEqual([`the project \`team\` does not permit the source \`${url}\``]);
  });
});

describe("the destinations that a project permits", () => {
  const refused = (destinations: readonly JsonObject[], destination = {}): readonly string[] =>
    refusals(project({ sourceRepos: ["*"], destinations }), [], { ...here, ...destination });

  it("match by server or by name, and by namespace", () => {
    expect(refused([{ server: here.server, namespace: "web" }])).toEqual([]);
    expect(refused([{ name: "prod-*", namespace: "*" }], { cluster: "prod-eu" })).toEqual([]);
    expect(refused([{ server: here.server, namespace: "api" }], { cluster: "in-cluster" })).toEqual([
      "the project `team` does not permit the namespace `web` of the cluster `in-cluster`",
    ]);
  });

  it("are all but those that a pattern denies", () => {
    const all = { server: "*", namespace: "*" };
    expect(refused([all, { server: "*", namespace: "!kube-system" }])).toEqual([]);
    expect(refused([all, { server: "*", namespace: "!kube-system" }], { namespace: "kube-system" })).toHaveLength(1);
  });

  it("refuse nothing where the cluster's name or server is not known", () => {
    expect(refused([{ name: "prod", namespace: "*" }])).toEqual([]);
  });
});

describe("the project of an Application", () => {
  it("is the one that it names, else the default one", () => {
    const team = project({});
    const spec = { spec: { project: "team" } } as Parameters<typeof projectOf>[0];
    expect(projectOf(spec, [team])).toBe(team);
    expect(projectOf({ spec: { ...spec.spec, project: "" } }, [team])).toBeUndefined();
  });
});
