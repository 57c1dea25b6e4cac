import { describe, expect, it } from "vitest";
import { parseConfig, settingsFor } from "../../src/config/index.ts";
import { UserError } from "../../src/model/errors.ts";

function config(text: string) {
  const parsed = parseConfig(text, "f");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

const head = `version: 1
environments:
  - { name: staging, path: "apps/{app}/staging" }
`;

describe("the settings of an app in an environment", () => {
  it("have defaults for everything", () => {
    expect(settingsFor(config(head), "web", "staging")).toEqual({
      name: "staging",
      promote: {
        strategy: "images",
        auto: false,
        merge: "manual",
        method: "squash",
        mergeEmpty: false,
        labels: ["promotion"],
        assign: true,
      },
      gates: {
        approvals: 0,
        selfApproval: true,
        healthy: true,
        current: true,
        checks: [],
        findings: "danger",
        windows: [],
        dependsOn: [],
        override: { permission: "maintain" },
      },
      allow: { permission: "write" },
      reviewers: { users: [], teams: [] },
      rollback: { propose: false, merge: "manual" },
      health: { kind: "deployment", name: "staging" },
    });
  });

  const full = config(`${head}
  - name: prod
    path: apps/{app}/prod
    from: staging
    promote: { auto: true, labels: [release] }
    gates:
      approvals: 2
      selfApproval: false
      soak: 30m
      dependsOn: [db, web]
      windows: [{ allow: "mon 09:00-17:00", timezone: Europe/Berlin }]
      override: { teams: [ops], permission: admin }
    allow: { teams: [release] }
    reviewers: { users: [ada] }
    health: { check: "live/{environment}/{app}" }
    deploy: { engine: hydrate }
    rollback: { propose: true, verify: { checks: [e2e] } }
apps:
  web:
    environments:
      prod:
        promote: { auto: false, mergeEmpty: true, assign: false }
        gates: { approvals: 0, windows: [], findings: none, override: { users: [ada] } }
        allow: { users: [bob] }
        reviewers: { teams: [web] }
        health: { deployment: "{app}-live" }
        deploy: { engine: argocd, cluster: c }
        rollback: { merge: automatic }
`);

  it("are the environment's for an app without overrides", () => {
    expect(settingsFor(full, "db", "prod")).toMatchObject({
      from: "staging",
      promote: { auto: true, labels: ["release"], assign: true },
      gates: {
        approvals: 2,
        selfApproval: false,
        soak: 1_800_000,
        dependsOn: ["web"],
        windows: [{ timezone: "Europe/Berlin" }],
        override: { teams: ["ops"], permission: "admin" },
      },
      allow: { teams: ["release"], permission: "write" },
      reviewers: { users: ["ada"], teams: [] },
      health: { kind: "check", name: "live/prod/db" },
      deploy: { engine: "hydrate" },
      rollback: { propose: true, merge: "manual", verify: { for: 600_000, checks: ["e2e"] } },
    });
  });

  it("have apps that all others wait for not wait for each other", () => {
    const listed = config(
      'version: 1\nenvironments: [{ name: a, path: "x/{app}", deploy: { engine: apply, cluster: c, dependsOn: [db, dns] } }]\n',
    );
    const waitedFor = (app: string) => settingsFor(listed, app, "a").deploy;
    expect(waitedFor("web")).toMatchObject({ dependsOn: ["db", "dns"] });
    expect(waitedFor("db")).toMatchObject({ dependsOn: [] });
  });

  it("take an app's gates, promotion and rollback key by key, and replace the rest", () => {
    const settings = settingsFor(full, "web", "prod");
    expect(settings).toMatchObject({
      promote: { auto: false, mergeEmpty: true, assign: false, labels: ["release"] },
      gates: { approvals: 0, selfApproval: false, soak: 1_800_000, dependsOn: ["db"], windows: [], findings: "none" },
      health: { kind: "deployment", name: "web-live" },
      deploy: { engine: "argocd" },
      rollback: { propose: true, merge: "automatic", verify: { checks: ["e2e"] } },
    });
    expect(settings.gates.override).toEqual({ users: ["ada"], permission: "maintain" });
    expect(settings.allow).toEqual({ users: ["bob"], permission: "write" });
    expect(settings.reviewers).toEqual({ users: [], teams: ["web"] });
  });

  it("are there for apps with the names of what every object has", () => {
    for (const app of ["constructor", "__proto__", "toString"]) {
      expect(settingsFor(full, app, "prod").gates.approvals).toBe(2);
    }
    const overridden = config(
      `${head}apps: { constructor: { environments: { staging: { gates: { approvals: 3 } } } } }`,
    );
    expect(settingsFor(overridden, "constructor", "staging").gates.approvals).toBe(3);
    expect(settingsFor(overridden, "valueOf", "staging").gates.approvals).toBe(0);
  });

  it("of an unknown environment are refused with what was meant", () => {
    expect(() => settingsFor(full, "web", "prd")).toThrow(UserError);
    try {
      settingsFor(full, "web", "prd");
    } catch (error) {
      expect(error).toMatchObject({
        kind: "not-found",
        message: 'there is no environment "prd"',
        fix: "did you mean `prod`? the environments are `staging`, `prod`",
      });
    }
  });
});
