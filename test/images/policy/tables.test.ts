import { describe, expect, it } from "vitest";
import type { ImagePolicy } from "../../../src/config/index.ts";
import { decide, why } from "./support.ts";

/** As Docker Hub has them, among others. */
const nginx = [
  "latest",
  "stable",
  "stable-alpine",
  "mainline",
  "1",
  "1.27",
  "1.27.0",
  "1.27.1",
  "1.27.2",
  "1.27.3",
  "1.27.4",
  "1.27.5",
  "1.28",
  "1.28.0",
  "1.28.0-alpine",
  "1.28.0-alpine-slim",
  "1.28.0-alpine3.21",
  "1.28.0-bookworm",
  "1.28.0-perl",
  "1.28.0-otel",
  "1.29",
  "1.29.0",
  "1.29.1",
  "1.29.1-alpine",
  "1.29.1-alpine3.22",
  "1.29",
  "1.29-alpine",
  "alpine",
  "perl",
];
const postgres = [
  "latest",
  "alpine",
  "bookworm",
  "16",
  "16.9",
  "16.9-alpine",
  "16.10",
  "16.10-bookworm",
  "16.10-alpine3.22",
  "17",
  "17.0",
  "17.5",
  "17.6",
  "17.6-alpine",
  "18beta1",
  "18beta2",
  "18rc1",
  "18rc1-alpine",
];
const ghcr = [
  "main",
  "latest",
  "pr-12",
  "sha-0a1b2c3",
  "sha-9f8e7d6",
  "sha-1234567",
  "v1.0.0",
  "v1.1.0",
  "v1.2.0-rc.1",
  "v1.1.1",
  "1.1",
  "1",
  `sha256-${"ab".repeat(32)}`,
  `sha256-${"ab".repeat(32)}.sig`,
  `sha256-${"cd".repeat(32)}.att`,
  `sha256-${"cd".repeat(32)}.sbom`,
];
const flux = [
  "main-9a8b7c6-1700000100",
  "main-0fedcba-1700000900",
  "main-0fedcbb-1700000300",
  "feature-x-1111111-1800000000",
  "v1.0.0",
  "latest",
];
const calver = ["2024.05.01", "2024.5.2", "2024.12.01", "2025.01.15", "2025.1.16-1", "latest"];
const quay = [
  "RELEASE.2025-01-20T14-49-07Z",
  "RELEASE.2025-04-08T15-41-24Z",
  "RELEASE.2024-12-18T13-15-44Z",
  "latest",
  "edge",
];

describe("real repositories", () => {
  it.each<[string, ImagePolicy, readonly string[], string, string | undefined]>([
    ["nginx", { semver: "^1.27" }, nginx, "1.27.1", "1.29.1"],
    ["nginx, one minor", { semver: "~1.27.0" }, nginx, "1.27.1", "1.27.5"],
    ["nginx, a Helm range", { semver: ">=1.27, <1.29" }, nginx, "1.27.1", "1.28.0"],
    [
      "nginx on alpine",
      { semver: "^1.27", regex: "^(?<version>[0-9.]+)-alpine$", capture: "$version" },
      nginx,
      "1.28.0-alpine",
      "1.29.1-alpine",
    ],
    ["nginx from latest", { semver: "^1.27" }, nginx, "latest", "1.29.1"],
    ["nginx from its moving minor", { semver: "^1.27" }, nginx, "1.29", "1.29.1"],
    ["nginx from a higher one", { semver: "~1.27.0" }, nginx, "1.28.0", undefined],
    ["nginx from a moving higher one", { semver: "~1.27.0" }, nginx, "1.28", undefined],
    ["postgres, which has two numbers", { regex: "^16\\.[0-9]+$" }, postgres, "16.9", "16.10"],
    ["postgres on alpine", { regex: "^16\\.[0-9]+-alpine" }, postgres, "16.9-alpine", "16.10-alpine3.22"],
    [
      "postgres, built of numbers",
      { regex: "^17\\.([0-9]+)$", capture: "$1", numerical: "asc" },
      postgres,
      "17.0",
      "17.6",
    ],
    ["postgres, never a major back", { regex: "^16\\.[0-9]+$" }, postgres, "17.0", undefined],
    ["GHCR", { semver: "*" }, ghcr, "v1.0.0", "v1.1.1"],
    ["GHCR with pre-releases", { semver: "*", prerelease: true }, ghcr, "v1.0.0", "v1.2.0-rc.1"],
    ["GHCR with a pre-release that the range names", { semver: ">=1.2.0-rc.0" }, ghcr, "v1.0.0", "v1.2.0-rc.1"],
    [
      "Flux's example",
      { regex: "^main-[a-f0-9]+-(?<ts>[0-9]+)$", capture: "$ts", numerical: "asc" },
      flux,
      "main-9a8b7c6-1700000100",
      "main-0fedcba-1700000900",
    ],
    [
      "Flux's example from latest",
      { regex: "^main-[a-f0-9]+-(?<ts>[0-9]+)$", capture: "$ts", numerical: "asc" },
      flux,
      "latest",
      "main-0fedcba-1700000900",
    ],
    [
      "Flux's example from another branch",
      { regex: "^main-[a-f0-9]+-(?<ts>[0-9]+)$", capture: "$ts", numerical: "asc" },
      flux,
      "feature-x-1111111-1800000000",
      "main-0fedcba-1700000900",
    ],
    [
      "the lowest number",
      { regex: "^main-[a-f0-9]+-(?<ts>[0-9]+)$", capture: "$ts", numerical: "desc" },
      flux,
      "main-0fedcba-1700000900",
      "main-9a8b7c6-1700000100",
    ],
    ["dates with and without zeros", { regex: "^[0-9]+\\.[0-9]+\\.[0-9]+$" }, calver, "2024.05.01", "2025.01.15"],
    ["dates that semver cannot read", { semver: ">=1.0" }, calver, "2024.05.01", "2024.5.2"],
    [
      "dates in the alphabet",
      { regex: "^RELEASE\\.", alphabetical: "asc" },
      quay,
      "RELEASE.2024-12-18T13-15-44Z",
      "RELEASE.2025-04-08T15-41-24Z",
    ],
    [
      "dates in the alphabet, backwards",
      { regex: "^RELEASE\\.", alphabetical: "desc" },
      quay,
      "RELEASE.2025-01-20T14-49-07Z",
      "RELEASE.2024-12-18T13-15-44Z",
    ],
    [
      "a part of several groups",
      { regex: "^([0-9]+)\\.([0-9]+)(?:-alpine)?$", capture: "$1.$2", alphabetical: "asc" },
      postgres,
      "16.9",
      "17.6-alpine",
    ],
    [
      "commits have no order, so none is taken by a range",
      { semver: "^1.0" },
      ["1234567", "abcdef0", "main"],
      "main",
      undefined,
    ],
    ["an ignored version is passed over", { semver: "^1.27", ignore: ["1.29.1"] }, nginx, "1.28.0", "1.29.0"],
    [
      "a current version that is ignored still does not go back",
      { semver: "^1.27", ignore: ["1.29.1"] },
      nginx,
      "1.29.1",
      undefined,
    ],
    ["latest is no version in the alphabet", { alphabetical: "asc" }, ["focal", "jammy", "latest"], "focal", "jammy"],
    ["a date is no version", { semver: "^1.0" }, ["1.4.0", "20240131"], "20240131", "1.4.0"],
    ["a date with dots is one that is higher", { semver: "^1.0" }, ["1.4.0", "2024.05.01"], "2024.05.01", undefined],
    ["a moving tag with a minor", { semver: "*" }, ["1.4.2", "1.5.0"], "1.5", "1.5.0"],
    ["a moving tag that only a lower minor has", { semver: "<1.5.1" }, ["1.4.2", "1.5.1"], "1.5", undefined],
    [
      "a moving tag whose highest is not the last in the list",
      { semver: "<1.4.9" },
      ["1.4.9", "1.4.2"],
      "1.4",
      undefined,
    ],
    ["a moving tag without its pre-releases", { semver: "*" }, ["1.4.2", "1.4.3-rc.1"], "1.4", "1.4.2"],
    ["a moving minor that the registry has, below another", { semver: "<1.5" }, ["1.4.2", "1.5.0"], "1.4", "1.4.2"],
    ["an exact version", { semver: "1.4.2" }, ["1.4.1", "1.4.2", "1.4.3"], "1.4.0", "1.4.2"],
    [
      "a text between groups",
      { regex: "^([0-9]+)-([0-9]+)$", capture: "$1.$2", semver: "*" },
      ["1-2", "1-3"],
      "1-2",
      undefined,
    ],
    [
      "groups as a version",
      { regex: "^r([0-9]+)-([0-9]+)$", capture: "$1.$2.0", semver: "^1.0" },
      ["r1-2", "r1-10", "r2-0"],
      "r1-2",
      "r1-10",
    ],
    [
      "groups as a version, never back",
      { regex: "^r([0-9]+)-([0-9]+)$", capture: "$1.$2.0", semver: "^1.0" },
      ["r1-2"],
      "r1-10",
      undefined,
    ],
    [
      "a version that the regex leaves out is one all the same",
      { semver: "^1.27", regex: "^(?<version>[0-9.]+)-alpine$", capture: "$version" },
      nginx,
      "1.29.2",
      undefined,
    ],
    ["words from one of another shape", { regex: "^main-" }, ["main-17"], "nightly-3", "main-17"],
    ["words from a higher one of the same shape", { regex: "^v1" }, ["v1-4"], "v2-0", undefined],
    ["four numbers, below one that the range leaves out", { semver: "<1.2.5" }, ["1.2.4", "1.2.5"], "1.2.3.4", "1.2.4"],
    ["four numbers", { semver: "^1.0" }, ["1.2.2", "1.2.3", "1.2.3.4"], "1.2.3.4", "1.2.3"],
    ["four numbers that are higher", { semver: "^1.0" }, ["1.2.2", "1.2.3.4"], "1.2.3.4", undefined],
  ])("%s", async (_, policy, tags, current, expected) => {
    expect((await decide(policy, tags, [current])).chosen?.tag).toBe(expected);
  });

  it("have what is attached to images, which is never one", async () => {
    const decision = await decide({ regex: "^sha" }, ghcr, ["sha-0a1b2c3"]);
    expect(decision.chosen?.tag).toBe("sha-1234567");
    expect(why(decision, `sha256-${"ab".repeat(32)}.sig`)).toMatch(/is not an image but something attached to one/);
  });
});

describe("semantic versions", () => {
  it.each<[string, readonly string[], string | undefined]>([
    ["v1.2.3", ["1.2.4", "v1.2.4"], "v1.2.4"],
    ["1.2.3", ["1.2.4", "v1.2.4"], "1.2.4"],
    ["1.2.3", ["v1.2.3"], undefined],
    ["1.2.3", ["1.2.3_build.2"], "1.2.3_build.2"],
    ["1.2.3_build.2", ["1.2.3_build.10", "1.2.3_build.3"], "1.2.3_build.10"],
    ["1.2.3_build.10", ["1.2.3_build.9", "1.2.3"], undefined],
    ["1.3.0-rc.1", ["1.2.9"], undefined],
    ["1.3.0-rc.1", ["1.3.0"], "1.3.0"],
    ["1.3.0-rc.1", ["1.3.0-rc.2"], undefined],
    ["1.2.3", ["1.10.0", "1.9.0"], "1.10.0"],
    ["1.2.3", ["1.2.99999999999999999999", "1.2.4"], "1.2.4"],
    ["1", ["1.2.3"], "1.2.3"],
    ["2", ["1.2.3"], undefined],
    ["1.4-alpine", ["1.4.2"], "1.4.2"],
    ["", ["1.4.2"], "1.4.2"],
  ])("from %s with %j: %s", async (current, tags, expected) => {
    expect((await decide({ semver: "*" }, tags, [current])).chosen?.tag).toBe(expected);
  });

  it.each([
    ["1.5.0-rc.1", "1.5.0-rc.1 is a pre-release, which the range leaves out"],
    [
      "1.5.0-alpine",
      "1.5.0-alpine counts as a pre-release because of its suffix `-alpine`, which `regex` and `capture` can take off",
    ],
    ["2.0.0", "2.0.0 is outside `^1.0`"],
    ["1.4", "1.4 is no full version and may move"],
    ["1", "1 is no full version and may move"],
    ["1.4-alpine", "1.4-alpine is no full version: it has no three numbers"],
    ["1.2.3.4", "1.2.3.4 has more than three numbers, which no semantic version has"],
    [
      "2024.05.01",
      "2024.05.01 has a number with a leading zero, which no semantic version has; `regex` alone compares such tags in natural order",
    ],
    ["latest", "latest is no semantic version"],
    ["1.1.0", "1.1.0 is lower than 1.4.0, and nothing goes backwards (webapp in staging)"],
    ["1.4.0", "1.4.0 is what webapp in staging has"],
    ["v1.4.0", "v1.4.0 is the same version as 1.4.0, and nothing goes backwards (webapp in staging)"],
    ["1.4.1", "1.4.1 is lower than 1.4.2"],
    ["1.4.2", "1.4.2 is the highest version in `^1.0`"],
    ["nightly-1", "nightly-1 is ignored by `nightly-*`"],
    ["a b", '"a b" cannot be a tag'],
  ])("says of %s why", async (tag, reason) => {
    const tags = [
      "1.5.0-rc.1",
      "1.5.0-alpine",
      "2.0.0",
      "1.4",
      "1",
      "1.4-alpine",
      "1.2.3.4",
      "2024.05.01",
      "latest",
      "1.1.0",
      "1.4.0",
      "v1.4.0",
      "1.4.1",
      "1.4.2",
      "nightly-1",
      "a b",
    ];
    expect(why(await decide({ semver: "^1.0", ignore: ["nightly-*"] }, tags, ["1.4.0"]), tag)).toBe(reason);
  });

  it("come with a `v` only where all targets have one", async () => {
    const decision = await decide({ semver: "*" }, ["1.2.4", "v1.2.4"], ["v1.2.3", "1.2.3"]);
    expect(decision.chosen?.tag).toBe("1.2.4");
  });

  it("says that the range names only the pre-releases of another version", async () => {
    const decision = await decide({ semver: ">=1.0.0-0" }, ["1.5.0-rc.1", "1.0.0-rc.1"], ["0.9.0"]);
    expect(decision.chosen?.tag).toBe("1.0.0-rc.1");
    expect(why(decision, "1.5.0-rc.1")).toBe(
      "1.5.0-rc.1 is a pre-release of another version than those that the range names; `prerelease: true` takes all",
    );
  });
});

describe("numbers", () => {
  it("of any length are compared exactly", async () => {
    const tags = [
      "9007199254740993",
      "9007199254740992",
      "9007199254740994",
      "0009007199254740995",
      "90071992547409930",
    ];
    const decision = await decide({ numerical: "asc" }, tags, ["9007199254740993"]);
    expect(decision.chosen?.tag).toBe("90071992547409930");
    expect(decision.skipped).toEqual(["0009007199254740995", "9007199254740994"]);
  });

  it("are whole", async () => {
    const decision = await decide({ numerical: "asc" }, ["1.5", "7", "latest"], ["3"]);
    expect(decision.chosen?.tag).toBe("7");
    expect(why(decision, "1.5")).toBe("1.5 is no whole number");
  });

  it("say of a capture what it is", async () => {
    const policy: ImagePolicy = { regex: "^b(?<n>.*)$", capture: "$n", numerical: "asc" };
    const decision = await decide(policy, ["b1x", "b2", "b"], ["b1"]);
    expect(why(decision, "b1x")).toBe("1x, captured from b1x, is no whole number");
    expect(why(decision, "b")).toBe("b matches `^b(?<n>.*)$`, but `$n` is empty in it");
  });
});

describe("the reasons of an order", () => {
  it("name the first rule that ignores a tag, and a version that is there twice", async () => {
    const decision = await decide({ semver: "*", ignore: ["1.5.*", "1.*"] }, ["1.5.0", "0.2.0", "v0.2.0"], []);
    expect(why(decision, "1.5.0")).toBe("1.5.0 is ignored by `1.5.*`");
    expect(why(decision, "v0.2.0")).toBe("v0.2.0 is the same version as 0.2.0");
  });

  it("are a mistake of ours where the configuration was not checked", async () => {
    await expect(decide({ regex: "(" }, ["1"], [])).rejects.toThrow("a policy that was not checked");
    await expect(decide({ semver: "x y" }, ["1"], [])).rejects.toThrow("a policy that was not checked");
  });

  it("follow what a target has in one sentence", async () => {
    const policy: ImagePolicy = { numerical: "asc", regex: "^r-(.*)$", capture: "$1" };
    expect(why(await decide(policy, ["r-x"], ["r-x"]), "r-x")).toBe(
      "r-x is what webapp in staging has; x, captured from r-x, is no whole number",
    );
  });

  it.each<[string, ImagePolicy, readonly string[], string, string]>([
    [
      "numbers, ascending",
      { numerical: "asc" },
      ["7", "30"],
      "30 is the highest number",
      "7 is a lower number than 30",
    ],
    [
      "numbers, descending",
      { numerical: "desc" },
      ["30", "7"],
      "7 is the lowest number",
      "30 is a higher number than 7",
    ],
    ["the alphabet", { alphabetical: "asc" }, ["a", "b"], "b is the last in the alphabet", "a comes before b"],
    [
      "the alphabet, backwards",
      { alphabetical: "desc" },
      ["b", "a"],
      "a is the first in the alphabet",
      "b comes after a",
    ],
    [
      "natural order",
      { regex: "^r" },
      ["r9", "r10"],
      "r10 is the last in natural order of those that match `^r`",
      "r9 comes before r10",
    ],
  ])("%s", async (_, policy, tags, best, behind) => {
    const decision = await decide(policy, tags, []);
    expect(decision.verdicts.map(({ reason }) => reason)).toEqual([best, behind]);
  });

  it.each<[string, ImagePolicy, string]>([
    ["2.0.0-rc.1", { semver: "^1.0", prerelease: true }, "2.0.0-rc.1 is outside `^1.0`"],
    ["3.0.0-rc.1", { semver: ">=1.0.0-0 <2.0.0" }, "3.0.0-rc.1 is outside `>=1.0.0-0 <2.0.0`"],
    [
      "1.5.0-rc.1",
      { semver: ">=1.0.0-0 <2.0.0" },
      "1.5.0-rc.1 is a pre-release of another version than those that the range names; `prerelease: true` takes all",
    ],
    ["x1", { numerical: "asc" }, "x1 is no whole number"],
    ["r-x", { numerical: "asc", regex: "^r-(.*)$", capture: "$1" }, "x, captured from r-x, is no whole number"],
    [
      "r-2",
      { semver: "^1.0", regex: "^r-(.*)$", capture: "$1" },
      "2, captured from r-2, is no full version and may move",
    ],
    ["v1.4", { semver: "^1.0" }, "v1.4 is no full version and may move"],
    ["1.4_x", { semver: "^1.0" }, "1.4_x is no full version: it has no three numbers"],
    [
      "01.2.3",
      { semver: "^1.0" },
      "01.2.3 has a number with a leading zero, which no semantic version has; `regex` alone compares such tags in natural order",
    ],
    ["-", { regex: "^(x?)", capture: "$1" }, '"-" cannot be a tag'],
    ["a", { regex: "^(x?)", capture: "$1" }, "a matches `^(x?)`, but `$1` is empty in it"],
    ["a", { regex: "^b" }, "a does not match `^b`"],
    [`${"ab ".repeat(100)}`, { regex: "^b" }, `${JSON.stringify("ab ".repeat(100).slice(0, 128))} cannot be a tag`],
  ])("that does not take %s under %j", async (tag, policy, reason) => {
    expect(why(await decide(policy, [tag], []), tag)).toBe(reason);
  });
});
