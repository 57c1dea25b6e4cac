import { describe, expect, it } from "vitest";
import { discoverTargets, stageOf } from "../../src/discovery/index.ts";
import { chart, kustomization } from "../config/samples.ts";
import { memoryTree } from "../support/memory-tree.ts";

const folders = [
  ["apps/livekit", "default", "livekit"],
  ["apps/localai", "default", "localai"],
  ["apps/devops", "default", "devops"],
  ["apps/devbox", "default", "devbox"],
  ["apps/devpi", "default", "devpi"],
  ["apps/cifs", "default", "cifs"],
  ["apps/cidr", "default", "cidr"],
  ["apps/city", "default", "city"],
  ["apps/civo-csi", "default", "civo-csi"],
  ["apps/civo-gitlab", "default", "civo-gitlab"],
  ["apps/intel-device-plugins", "default", "intel-device-plugins"],
  ["apps/int-api", "default", "int-api"],
  ["apps/prodigy", "default", "prodigy"],
  ["apps/product", "default", "product"],
  ["apps/test-app", "default", "test-app"],
  ["apps/sandboxed-containers-operator", "default", "sandboxed-containers-operator"],
  ["apps/local-pv", "default", "local-pv"],
  ["apps/live-ui", "default", "live-ui"],
  ["services/shop/dev", "dev", "shop"],
  ["services/shop/dev-eu", "dev-eu", "shop"],
  ["services/shop/dev2", "dev2", "shop"],
  ["services/shop/test", "test", "shop"],
  ["services/shop/qa", "qa", "shop"],
  ["services/shop/uat", "uat", "shop"],
  ["services/shop/stg", "stg", "shop"],
  ["services/shop/staging", "staging", "shop"],
  ["services/shop/staging-eu-west-1", "staging-eu-west-1", "shop"],
  ["services/shop/prod", "prod", "shop"],
  ["services/shop/prod-us-east-1", "prod-us-east-1", "shop"],
  ["services/shop/eu-prod", "eu-prod", "shop"],
  ["services/shop/prod01", "prod01", "shop"],
  ["services/shop/production", "production", "shop"],
] as const;

describe("environment-names", () => {
  it("are those that people give to environments, and no names of apps", async () => {
    const files = folders.map(([path]) => [`${path}/kustomization.yaml`, kustomization()] as const);
    const { targets } = await discoverTargets(memoryTree(Object.fromEntries(files)));
    const found = targets.map(({ render, environment, app }) => [render.path, environment, app]);
    expect(found.toSorted()).toEqual(folders.map((row) => [...row]).toSorted());
  });

  it("environment-names-values: hold for values files too", async () => {
    const { targets } = await discoverTargets(
      memoryTree(chart("charts/shop", ["dev-eu", "devices", "intro", "prod-us-east-1", "testers-only"])),
    );
    expect(targets.map(({ id }) => id)).toEqual(["shop/dev-eu", "shop/prod-us-east-1"]);
  });

  it.each([
    "prod-de",
    "us-prod",
    "eu-west-1-prod",
    "prod_eu",
    "qa.uk",
    "prod-westeurope",
    "dev-asia-southeast1-a",
    "stg-east",
    "PROD",
    "Prod-EU",
    "test-3",
    "prod-us-gov-west-1",
  ])("%s is one", (name) => expect(stageOf(name)).toBeDefined());

  it.each([
    "dev-tools",
    "test-runner",
    "ci-cd",
    "int-db",
    "live-tv",
    "local-ai",
    "prod-api",
    "uat-ui",
    "qa-io",
    "devel",
    "stages",
    "prods",
    "testeu",
    "x-prod",
    "api-dev",
  ])("%s is none", (name) => expect(stageOf(name)).toBeUndefined());

  it("leaves any name that follows overlays, environments or envs as it is", async () => {
    const files = ["web/overlays/devops", "web/envs/local-pv", "web/environments/city"].map(
      (path) => [`${path}/kustomization.yaml`, kustomization()] as const,
    );
    const { targets } = await discoverTargets(memoryTree(Object.fromEntries(files)));
    expect(targets.map(({ id }) => id).toSorted()).toEqual(["web/city", "web/devops", "web/local-pv"]);
  });
});
