import { describe, expect, it } from "vitest";
import { neutralName, settingVersions } from "../../src/change/setting-versions.ts";
import type { VersionSetting } from "../../src/edit/find/index.ts";

const about = { file: "a.yaml", document: 0, at: [], matches: undefined } as const;
const part = (value: string) => ({ path: ["x"], value, line: 1 });

function chart(name: string, version: string, resource?: string): VersionSetting {
  const subject = { kind: "chart", name, repository: undefined } as const;
  return {
    ...about,
    subject,
    form: "helm-charts",
    version: part(version),
    ...(resource !== undefined && { resource }),
  };
}

function value(called: string, tag: string, resource: string, name?: string): VersionSetting {
  return { ...about, subject: { kind: "image", name }, form: "manifest", tag: part(tag), called, resource };
}

const names = (settings: readonly VersionSetting[], environment = "prod") =>
  settingVersions({ settings }, environment).map(({ name, version }) => `${name} ${version}`);

describe("the versions that settings say", () => {
  it("are those of charts, and of values whose image only the chart knows", () => {
    const settings = [
      chart("web", "1.0.0"),
      value("parameter image.tag", "2.0.0", "Application/web"),
      value("value image.tag", "3.0.0", "HelmRelease/api", "acme/api"),
      { ...value("value a.tag", "4", "HelmRelease/api"), decidedBy: "b.yaml:1" },
      value("value b.tag", "", "HelmRelease/api"),
    ];
    expect(names(settings)).toEqual(["chart web 1.0.0", "parameter image.tag 2.0.0"]);
  });

  it("have the object's name where they are called alike, without the environment", () => {
    const settings = (environment: string) => [
      chart("app", "1", `HelmRelease/plex-${environment}`),
      chart("app", "2", `HelmRelease/${environment}-radarr`),
    ];
    const keys = (environment: string) =>
      settingVersions({ settings: settings(environment) }, environment).map(({ key }) => key);
    expect(names(settings("prod"))).toEqual(["chart app of plex 1", "chart app of radarr 2"]);
    expect(keys("staging")).toEqual(keys("prod"));
  });

  it("are told apart by their order where nothing else does", () => {
    const found = settingVersions({ settings: [chart("lib", "1"), chart("lib", "2")] }, "prod");
    expect(found.map(({ name }) => name)).toEqual(["chart lib", "chart lib"]);
    expect(new Set(found.map(({ key }) => key)).size).toBe(2);
  });
});

describe("the name of an object without its environment", () => {
  it.each([
    ["web-prod", "web"],
    ["prod-web", "web"],
    ["web.prod.eu", "web.eu"],
    ["web-production", "web-production"],
    ["prod", "prod"],
    ["web", "web"],
  ])("of %s is %s", (name, neutral) => {
    expect(neutralName(name, "prod")).toBe(neutral);
  });
});
