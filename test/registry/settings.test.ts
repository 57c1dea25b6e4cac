import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createRegistry } from "../../src/registry/index.ts";
import { registrySchema } from "../../src/settings/registries.ts";
import { silent } from "./support/log.ts";

const schema = registrySchema(z.string());
const problems = (entry: object): readonly string[] =>
  schema.safeParse(entry).error?.issues.map(({ message }) => message) ?? [];

describe("the settings of a registry", () => {
  it("are its host and how Sluice proves itself to it", () => {
    const entry = { host: "GHCR.io", username: "robot", password: "secret", requestsPerSecond: 5, concurrency: 2 };
    expect(schema.parse(entry)).toEqual({ ...entry, host: "ghcr.io" });
  });

  it.each([
    [{ host: "https://ghcr.io" }, "without https://"],
    [{ host: "ghcr.io/team" }, "without https://"],
    [{ host: "ghcr.io", username: "robot" }, "only one of username and password"],
    [{ host: "ghcr.io", username: "robot", password: "x", token: "y" }, "several credentials"],
    [{ host: "ghcr.io", address: "ftp://mirror.example" }, "http or https URL"],
    [{ host: "ghcr.io", address: "http://mirror.example" }, "insecure: true"],
    [{ host: "ghcr.io", mirror: "x" }, "mirror"],
    [{ host: "ghcr.io", requestsPerSecond: 0 }, ">0"],
  ])("are refused when they make no sense: %j", (entry, message) => {
    expect(problems(entry).join()).toContain(message);
  });

  it("describe each of their keys, with examples", () => {
    const { properties } = z
      .object({ properties: z.record(z.string(), z.looseObject({})) })
      .parse(z.toJSONSchema(schema));
    for (const [name, property] of Object.entries(properties)) {
      expect(property, name).toMatchObject({ description: expect.any(String), examples: expect.any(Array) });
    }
  });

  it("name each registry once, whatever its names", () => {
    const settings = [{ host: "docker.io" }, { host: "index.docker.io" }];
    expect(() => createRegistry({ settings, clock: Date.now, random: Math.random, log: silent })).toThrow(
      /stands twice/,
    );
  });

  it("name a certificate file that can be read", () => {
    const settings = [{ host: "ghcr.io", caFile: "/does/not/exist.pem" }];
    expect(() => createRegistry({ settings, clock: Date.now, random: Math.random, log: silent })).toThrow(
      /ghcr\.io.*cannot be read/,
    );
  });
});
