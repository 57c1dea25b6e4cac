import { expect, it } from "vitest";
import { decide } from "../../../../src/reconcile/engines/apply/decide.ts";
import { newDocument } from "../../../../src/reconcile/engines/apply/document.ts";
import { desiredOf } from "../../../support/apply-world.ts";

const wanted = desiredOf({ head: "a".repeat(40), objects: [] });
const begun = { ...wanted, id: "1", startedAt: 1 };
const ended = (state: "live" | "failed") => ({
  ...newDocument(begun, { repository: "1", request: undefined, withHooks: true, confirmed: false }),
  result: { state, at: 2 },
});
const person = { id: "comment-7", at: 3 };
const drift = { id: "undo-7", at: 3, undone: [] };

it("what failed is tried again for a person, and not for drift that was found before", () => {
  expect(decide(ended("failed"), { ...wanted, request: person })).toEqual({ kind: "begin", withHooks: true });
  expect(decide(ended("failed"), { ...wanted, request: drift }).kind).toBe("recorded");
  expect(decide(ended("live"), { ...wanted, request: drift })).toEqual({ kind: "begin", withHooks: false });
});
