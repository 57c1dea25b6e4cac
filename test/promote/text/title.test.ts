import { describe, expect, it } from "vitest";
import { promotionTitle } from "../../../src/promote/text/title.ts";

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

  it("counts the apps when there are several", () => {
    expect(title(target("web", ["1", "2"]), target("api", ["1", "2"]))).toBe("Promote 2 apps to prod: 1 → 2");
    expect(title(target("web", ["1", "2"]), target("api", ["2", "3"]))).toBe("Promote 2 apps to prod");
    expect(title()).toBe("Promote 0 apps to prod");
  });

  it("of a rollback says so", () => {
    const rollback = { kind: "rollback", environment: "prod", targets: [target("web", ["2", "1"])] } as const;
    expect(promotionTitle(rollback)).toBe("Roll back web in prod: 2 → 1");
  });

  it("cuts digests", () => {
    const digest = `@sha256:${"ab".repeat(32)}`;
    expect(title(target("web", [digest, `1.5.0${digest}`]))).toBe("Promote web to prod: @sha256:abababababab → 1.5.0");
  });

  it("is cut at 200 characters", () => {
    expect(title(target("x".repeat(400)))).toBe(`Promote ${"x".repeat(191)}…`);
  });
});
