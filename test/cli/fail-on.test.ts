import { describe, expect, it } from "vitest";
import { failsOn } from "../../src/cli/fail-on.ts";
import { findingOf, previewOf } from "./support/preview.ts";

const withSeverity = (severity: "danger" | "warning" | "notice") => previewOf({ findings: [findingOf({ severity })] });

describe("--fail-on", () => {
  it("fails on nothing without a severity", () => {
    expect(failsOn(withSeverity("danger"), undefined)).toBe(false);
  });

  it("danger fails on danger only", () => {
    expect(failsOn(withSeverity("danger"), "danger")).toBe(true);
    expect(failsOn(withSeverity("warning"), "danger")).toBe(false);
  });

  it("warning fails on danger and warning, not on a notice", () => {
    expect(failsOn(withSeverity("danger"), "warning")).toBe(true);
    expect(failsOn(withSeverity("warning"), "warning")).toBe(true);
    expect(failsOn(withSeverity("notice"), "warning")).toBe(false);
  });

  it("fails when an affected target was not rendered", () => {
    const { completeness } = previewOf();
    expect(failsOn(previewOf({ completeness: { ...completeness, failed: 1 } }), "danger")).toBe(true);
  });
});
