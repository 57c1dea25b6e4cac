import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.ts";
import { isRefusal } from "../../src/config/values/checked-text.ts";
import { checkRegex, checkSemverRange } from "../../src/config/values/expressions.ts";
import { captureParts, checkTagPattern, groupNames, readTagPattern } from "../../src/config/values/tag-patterns.ts";

/** A configuration with these entries of `images`, on line 3. */
function withImages(...entries: readonly string[]): string {
  return `version: 1\nenvironments: [{ name: a, path: "a/{app}" }]\nimages: [${entries.join(", ")}]\n`;
}

function told(...entries: readonly string[]): readonly string[] {
  const parsed = parseConfig(withImages(...entries), "f");
  const problems = parsed.ok ? parsed.warnings : parsed.problems;
  return problems.map(({ severity, line, message, fix }) => `${severity} ${line}: ${message} | ${fix}`);
}

/** One entry with this policy and these other keys. */
function entry(policy: string, more = ""): string {
  return `{ image: i, environments: [a], policy: { ${policy} }${more} }`;
}

describe("regular expressions", () => {
  it.each(["^main-(?<n>[0-9]+)$", "(?P<n>x)", "(a+)+$", "([a-z]*)*", "(x|y+){2,}", "\\d+\\.\\d+"])(
    "of linear time are read: %s",
    (text) => {
      expect(checkRegex(text)).toBeUndefined();
    },
  );

  it.each([
    ["(", "is not a regular expression: missing closing ): `(`"],
    ["(?<n-a>x)", "is not a regular expression: invalid named capture: `(?<n-a>`"],
    ["(?<n>a)(?<n>b)", "is not a regular expression: duplicate capture group name: `n`"],
    ["^(?!main).*$", "looks ahead or behind (`(?=`, `(?!`, `(?<=`, `(?<!`), which takes more than linear time"],
    ["(?=a)b", "looks ahead or behind (`(?=`, `(?!`, `(?<=`, `(?<!`), which takes more than linear time"],
    ["(?<!v)1", "looks ahead or behind (`(?=`, `(?!`, `(?<=`, `(?<!`), which takes more than linear time"],
    ["(?<=v)1", "looks ahead or behind (`(?=`, `(?!`, `(?<=`, `(?<!`), which takes more than linear time"],
    ["(a)\\1", "refers back to a group, which takes more than linear time"],
    ["(?<n>a)\\k<n>", "refers back to a group, which takes more than linear time"],
    ["a".repeat(300), "has 300 characters"],
    ["x{1000}y{1000}z{1000}", "repeats too much"],
  ])("are refused with the reason: %s", (text, problem) => {
    expect(checkRegex(text)?.problem).toBe(problem);
  });

  it("are told with their line", () => {
    expect(told(entry('regex: "^(?!main)"'))[0]).toMatch(
      /^error 3: `images\[0\]\.policy\.regex`: "\^\(\?!main\)" looks ahead or behind .* \| Match the whole tag/,
    );
  });
});

describe("ranges", () => {
  it("that no version is in are refused", () => {
    expect(checkSemverRange(">=2 <1")?.problem).toBe("is a range without any version");
  });

  it("cannot leave single versions out, and say what can", () => {
    expect(checkSemverRange("^1.0 !=1.4.0")?.fix).toBe("Leave single versions out with `ignore`.");
  });

  it("name the part that is wrong", () => {
    expect(checkSemverRange("^1 || latest")?.problem).toBe('is not a semver range; the part "latest" cannot be read');
  });
});

describe("patterns of tags", () => {
  it.each([
    ["latest", "latest", true],
    ["latest", "latest-1", false],
    ["*-rc*", "1.0.0-rc.1", true],
    ["*-rc*", "1.0.0", false],
    ["nightly*", "nightly-2026", true],
    ["a*b*c", "aXbYc", true],
    ["a*b*c", "aXbY", false],
    ["/-rc[0-9]+$/", "1.0.0-rc1", true],
    ["/-rc[0-9]+$/", "1.0.0-rc1-x", false],
    ["1.0.0", "1x0x0", false],
  ])("%s on %s: %s", (pattern, tag, expected) => {
    const matches = readTagPattern(pattern);
    expect(isRefusal(matches) ? matches : matches(tag)).toBe(expected);
  });

  it.each(["", "a b", "a/b", "[ab]", "/(?=a)/", "/(/", "x".repeat(200)])("%j is refused", (pattern) => {
    expect(checkTagPattern(pattern)).toBeDefined();
  });
});

describe("captures", () => {
  it("are text and groups", () => {
    expect(captureParts("$build")).toEqual([{ group: "build" }]);
    expect(captureParts("$1")).toEqual([{ group: "1" }]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how groups are written
    expect(captureParts("v${major}.$minor-x")).toEqual([
      { text: "v" },
      { group: "major" },
      { text: "." },
      { group: "minor" },
      { text: "-x" },
    ]);
    expect(captureParts("build")).toEqual([{ text: "build" }]);
  });

  it("may name groups by number and name", () => {
    expect(groupNames("(?<a>x)(y)")).toEqual(["0", "1", "2", "a"]);
  });
});

describe("entries of images", () => {
  it.each([
    [entry("semver: ^1.0, prerelease: true, ignore: [1.4.0, '/-bad$/']")],
    [entry("semver: ^1.0, regex: '^(?<v>.*)-alpine$', capture: $v")],
    [entry("regex: '^main-(?<ts>[0-9]+)$', capture: $ts, numerical: asc")],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how groups are written
    [entry("regex: '^v([0-9]+)-([0-9]+)$', capture: '${1}.$2'")],
    [entry("newest: true, regex: '^main-'", ", minimumAge: 1d, platforms: [linux/amd64, linux/arm/v7], poll: 1m")],
    [entry("digest: main", ", pin: digest")],
    [entry("digest: main")],
  ])("are right: %s", (text) => {
    expect(told(text)).toEqual([]);
  });

  it("write both for a policy of a digest, and else the tag, when they do not say", () => {
    const parsed = parseConfig(withImages(entry("digest: main"), entry("newest: true", ", apps: [x]")), "f");
    expect(parsed.ok).toBe(false);
    const pins = ["digest: main", "newest: true"].map((policy) => {
      const read = parseConfig(withImages(entry(policy)), "f");
      return read.ok ? read.config.images[0]?.pin : read;
    });
    expect(pins).toEqual(["both", "tag"]);
  });

  it.each([
    [
      entry("newest: true", ", poll: 10s"),
      'error 3: `images[0].poll`: "10s" is shorter than a minute | Use at least `1m`. Events from the registry arrive at once, without polling.',
    ],
    [
      entry("newest: true", ", platforms: [linux/x86_64]"),
      /^error 3: `images\[0\]\.platforms\[0\]`: "linux\/x86_64" has the unknown architecture "x86_64" \| Did you mean `linux\/amd64`\?/,
    ],
    [entry("newest: true", ", platforms: [amd64]"), /"amd64" is not a platform \| Write it like/],
    [entry("digest: 'main:1'"), /"main:1" is not a tag \| /],
    [
      entry("newest: true, ignore: ['a b']"),
      /^error 3: `images\[0\]\.policy\.ignore\[0\]`: "a b" is not a pattern for tags/,
    ],
    [
      entry("digest: main", ", pin: tag"),
      "error 3: The policy `digest` chooses a digest, but `pin` writes only the tag | Write `pin: both` or `pin: digest`, or delete `pin`.",
    ],
    [
      entry("newest: true, prerelease: true"),
      "warning 3: `prerelease` has no effect: only `semver` knows pre-releases | Delete it.",
    ],
    [entry("digest: main, regex: x"), "warning 3: `regex` has no effect: `digest` follows one tag | Delete it."],
    [
      entry("newest: true, regex: (x), capture: $1"),
      "warning 3: `capture` has no effect: this policy compares no part of the tag | Delete it.",
    ],
    [
      entry("regex: '(?<build>x)', capture: build"),
      'error 3: `capture` "build" names no group, so all tags would be equal | Did you mean `$build`? Its groups are `$1`, `$build`; `$0` is the whole match.',
    ],
    [
      entry("regex: '(?<build>x)', capture: $biuld"),
      'error 3: `capture` names the group "biuld", which `regex` does not have | Did you mean `$build`? Its groups are `$1`, `$build`; `$0` is the whole match.',
    ],
  ])("are told what is wrong: %s", (text, expected) => {
    const problems = told(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it("of one image and environment may speak of different tags, which are variants of it", () => {
    const image = (policy: string): string => `{ image: acme/web, environments: [a], policy: ${policy} }`;
    const pairs = [
      ['{ semver: "^1" }', '{ regex: "-migrate$" }', true],
      ["{ digest: release }", "{ digest: nightly }", true],
      ['{ semver: "^1" }', "{ digest: main }", true],
      ['{ regex: "^a" }', '{ regex: "^b", numerical: asc }', true],
      ['{ semver: "^1" }', '{ semver: "^2" }', false],
      ['{ regex: "^a" }', '{ regex: "^a", newest: true }', false],
      ["{ digest: main }", "{ digest: main }", false],
      ["{ digest: main }", "{ newest: true }", false],
    ] as const;
    for (const [one, other, fine] of pairs) {
      const problems = told(image(one), image(other));
      expect([one, other, problems.length === 0]).toEqual([one, other, fine]);
    }
  });

  it("of one image and environment need apps that differ, whichever way the image is written", () => {
    const image = (name: string, apps = ""): string =>
      `{ image: ${name}, environments: [a], policy: { newest: true }${apps} }`;
    const twice = (name: string): RegExp => new RegExp(`^error 3: The image "${name}" has two policies for "a"`);
    expect(told(image("nginx"), image("docker.io/library/nginx"))).toEqual([
      expect.stringMatching(twice("docker.io/library/nginx")),
    ]);
    expect(told(image("i", ", apps: [x]"), image("i"))).toEqual([expect.stringMatching(twice("i"))]);
    expect(told(image("i"), image("i", ", apps: [x]"))).toEqual([expect.stringMatching(twice("i"))]);
    expect(told(image("i", ", apps: [x]"), image("i", ", apps: [y, x]"))).toEqual([expect.stringMatching(twice("i"))]);
    expect(told(image("i", ", apps: [x]"), image("i", ", apps: [y]"))).toEqual([]);
  });

  it("of one group agree on merging", () => {
    const image = (name: string, merge: boolean): string =>
      `{ image: ${name}, environments: [a], policy: { newest: true }, pullRequest: { group: g, autoMerge: ${merge} } }`;
    expect(told(image("i", true), image("j", true))).toEqual([]);
    expect(told(image("i", true), image("j", false))).toEqual([
      'error 3: The images of the group "g" share a pull request, but differ in `autoMerge`: "i" has `true` | Give all of them the same `autoMerge`, or remove one from the group.',
    ]);
  });
});
