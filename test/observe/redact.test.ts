import { describe, expect, it } from "vitest";
import { cleanWithin, redactText } from "../../src/observe/redact.ts";

// Put together here, so that no scanner takes them for real ones.
const body = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8";
const token = `ghs_${body}`;

describe("masking", () => {
  it("takes a scheme of any length and a JWT whose end is cut off", () => {
    expect(redactText(`${"scheme".repeat(20)}://robot:${body}@db`)).toMatch(/:\/\/\[redacted\]@db$/);
    expect(redactText(`x-eyJhbGciOiJSUzI1NiJ9.${body}`)).toBe("x-[redacted]");
  });

  it("does not go back over a long text that only begins like a secret", () => {
    // With patterns that are not bounded this takes minutes, far more than a test may.
    for (const piece of ["a-", "a.", "eyJaaaaaaaa-", "bearer ", "authorization ", "-----BEGIN A", "://a:"]) {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(redactText(`${text} ${token}`)).not.toContain(body);
    }
  });
});

describe("cutting a text", () => {
  const clean = (text: string) => redactText(text, ["hunter2-hunter2"]);

  it("leaves short ones as they are, masked", () => {
    expect(cleanWithin(`with ${token}`, 100, clean)).toBe("with [redacted]");
    expect(cleanWithin("x".repeat(101), 100, clean)).toBe(`${"x".repeat(100)}… (101 characters)`);
  });

  it.each([token, "hunter2-hunter2", `https://robot:${body}@db`])(
    "shows no part of %s, wherever the cut is",
    (secret) => {
      const half = secret.slice(0, 12);
      for (let before = 80; before <= 100; before++) {
        expect(cleanWithin(`${"x".repeat(before)} ${secret} ${"y".repeat(9_000)}`, 100, clean)).not.toContain(half);
      }
      // What is masked before the cut makes the text shorter, and the end of what was cleaned moves up.
      const many = `${secret} `.repeat(10_000);
      for (let before = 0; before < secret.length; before++) {
        expect(cleanWithin(`${"x".repeat(before)} ${many}`, 4_000, clean)).not.toContain(half);
      }
    },
  );
});
