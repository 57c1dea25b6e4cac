import { describe, expect, it } from "vitest";
import { changedTitle, promotionTitle } from "../../../src/promote/text/title.ts";

function target(app: string, ...moves: readonly (readonly [string, string])[]) {
  return { app, images: moves.map(([from, to]) => ({ image: "i", from, to })), digest: "" };
}

const title = (...targets: readonly ReturnType<typeof target>[]) =>
  promotionTitle({ kind: "promotion", environment: "prod", targets });

describe("the title of a promotion", () => {
  it("names the app, where to, and the version when there is one", () => {
    expect(title(target("web", ["1", "2"]))).toBe("Promote web to prod: 1 → 2");
    expect(title(target("web", ["1", "2"], ["1", "2"]))).toBe("Promote web to prod: 1 → 2");
    expect(title(target("web", ["1", "2"], ["1", "3"]))).toBe("Promote web to prod");
    expect(title(target("web"))).toBe("Promote web to prod");
  });

  it("names up to three apps, and counts the others", () => {
    expect(title(target("web", ["1", "2"]), target("api", ["1", "2"]))).toBe("Promote web, api to prod");
    expect(title(...["a", "b", "c", "d", "e"].map((app) => target(app)))).toBe("Promote a, b, c and 2 more to prod");
  });

  it("says that it is new, and that a person changed it", () => {
    expect(title(target("web", ["", "2"]))).toBe("Promote web to prod: 2");
    const changed = { kind: "promotion", environment: "prod", targets: [target("web", ["1", "2"])] } as const;
    expect(changedTitle(changed)).toBe("Promote web to prod (changed by hand)");
  });

  it("of a rollback says so", () => {
    const rollback = { kind: "rollback", environment: "prod", targets: [target("web", ["2", "1"])] } as const;
    expect(promotionTitle(rollback)).toBe("Roll back web in prod: 2 → 1");
  });

  it("cuts digests", () => {
    const digest = `@sha256:${"ab".repeat(32)}`;
    expect(title(target("web", [digest, `1.5.0${digest}`]))).toBe("Promote web to prod: @sha256:abababababab → 1.5.0");
  });

  it("is cut at 110 characters", () => {
    expect(title(target("x".repeat(400)))).toBe(`Promote ${"x".repeat(101)}…`);
  });
});
