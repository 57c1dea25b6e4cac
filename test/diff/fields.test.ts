import { describe, expect, it } from "vitest";
import { type FieldFacts, fieldFacts } from "../../src/diff/fields.ts";
import { NumberText, type Value, type ValueObject } from "../../src/diff/value.ts";

const told = (name: string, path: string, from: string, to: string): FieldFacts => ({
  fields: [{ name, path, from, to }],
});
const text = (value: Value): ValueObject => ({ kind: "ConfigMap", data: { a: value } });
const pod = (container: ValueObject, field = "containers"): ValueObject => ({
  spec: { [field]: [{ name: "web", ...container }] },
});
const memory = (list: string, value: string): ValueObject => pod({ resources: { [list]: { memory: value } } });
const cpu = (list: string, value: string): ValueObject => pod({ resources: { [list]: { cpu: value } } });
const labelled = (labels: ValueObject, more: ValueObject = {}): ValueObject => ({ metadata: { labels }, ...more });

describe("the facts of a change", () => {
  it.each<readonly [about: string, before: ValueObject, after: ValueObject, facts: FieldFacts]>([
    [
      "an image",
      pod({ image: "a:1" }),
      pod({ image: "a:2" }),
      told("image", "spec.containers[web].image", "a:1", "a:2"),
    ],
    [
      "the image of an init container, however long",
      pod({ image: "a:1" }, "initContainers"),
      pod({ image: "a".repeat(90) }, "initContainers"),
      told("image", "spec.initContainers[web].image", "a:1", "a".repeat(90)),
    ],
    ["replicas", { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, told("replicas", "spec.replicas", "1", "2")],
    [
      "replicas of something else",
      { spec: { db: { replicas: 1 } } },
      { spec: { db: { replicas: 2 } } },
      told("db.replicas", "spec.db.replicas", "1", "2"),
    ],
    [
      "a memory limit",
      memory("limits", "1Gi"),
      memory("limits", "2Gi"),
      told("memory limit", "spec.containers[web].resources.limits.memory", "1Gi", "2Gi"),
    ],
    [
      "a memory request",
      memory("requests", "1Gi"),
      memory("requests", "2Gi"),
      told("memory request", "spec.containers[web].resources.requests.memory", "1Gi", "2Gi"),
    ],
    [
      "a CPU limit",
      cpu("limits", "1"),
      cpu("limits", "2"),
      told("CPU limit", "spec.containers[web].resources.limits.cpu", "1", "2"),
    ],
    [
      "a CPU request",
      cpu("requests", "1"),
      cpu("requests", "2"),
      told("CPU request", "spec.containers[web].resources.requests.cpu", "1", "2"),
    ],
    [
      "the host of a rule",
      { spec: { rules: [{ host: "a.example" }] } },
      { spec: { rules: [{ host: "b.example" }] } },
      told("host", "spec.rules[b.example].host", "a.example", "b.example"),
    ],
    [
      "a schedule",
      { spec: { schedule: "@daily" } },
      { spec: { schedule: "@hourly" } },
      told("schedule", "spec.schedule", "@daily", "@hourly"),
    ],
    ["a field at the top", { type: "a" }, { type: "b" }, told("type", "type", "a", "b")],
    [
      "a field of an item",
      pod({ tty: true }),
      pod({ tty: false }),
      told("[web].tty", "spec.containers[web].tty", "true", "false"),
    ],
    [
      "numbers that no double holds",
      text(new NumberText("1.0")),
      text(new NumberText("1.00")),
      told("data.a", "data.a", "1.0", "1.00"),
    ],
    ["a text on one line", text("a  b"), text("a\tc"), told("data.a", "data.a", "a b", "a c")],
    [
      "a text of 60 characters",
      text("a".repeat(60)),
      text("b".repeat(60)),
      told("data.a", "data.a", "a".repeat(60), "b".repeat(60)),
    ],
  ])("name %s with both values", (_, before, after, facts) => {
    expect(fieldFacts(before, after)).toEqual(facts);
  });

  it.each<readonly [about: string, value: () => Value]>([
    ["null", () => null],
    ["a list", () => ["x"]],
    ["an object", () => ({ x: [{}] })],
    ["a number that no double holds", () => new NumberText("1.0")],
  ])("do not name %s that stays", (_, value) => {
    expect(fieldFacts({ a: value(), b: 1 }, { a: value(), b: 2 })).toEqual(told("b", "b", "1", "2"));
  });

  it.each<readonly [about: string, before: ValueObject, after: ValueObject]>([
    ["nothing changes", text("a"), text("a")],
    ["a field is new", {}, { a: "b" }],
    ["a field goes", { a: "b" }, {}],
    ["a value is empty before", text(""), text("b")],
    ["a value is empty after", text("a"), text("")],
    ["a value was long", text("a".repeat(61)), text("b")],
    ["a value becomes long", text("a"), text("b".repeat(61))],
    ["a value has lines", text("a"), text("b\nc")],
    ["a list grows", { a: ["x"] }, { a: ["x", "y"] }],
    ["a list becomes a map", { a: [] }, { a: {} }],
    ["a map becomes null", { a: {} }, { a: null }],
    ["a map becomes a text", { a: {} }, { a: "x" }],
    ["there are three", { a: 1, b: 1, c: 1 }, { a: 2, b: 2, c: 2 }],
    ["one of two cannot be shown", { a: 1, b: {} }, { a: 2, b: [] }],
    ["it is a Secret", { kind: "secret", a: "x" }, { kind: "secret", a: "y" }],
  ])("name nothing where %s", (_, before, after) => {
    expect(fieldFacts(before, after)).toEqual({});
  });

  it("name two values", () => {
    expect(fieldFacts({ a: 1, b: 1 }, { a: 2, b: 2 }).fields?.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it.each(["helm.sh/chart", "app.kubernetes.io/version", "chart"])("leave out the label %s, a version", (label) => {
    const [before, after] = [labelled({ [label]: "1" }), labelled({ [label]: "2" })];
    expect(fieldFacts(before, after)).toEqual({ labelsOnly: true });
    expect(fieldFacts({ ...before, a: 1 }, { ...after, a: 2 })).toEqual(told("a", "a", "1", "2"));
  });

  it("name labels that are no versions, and what is called so elsewhere", () => {
    expect(fieldFacts(labelled({ app: "a" }), labelled({ app: "b" }))).toEqual(
      told("labels.app", "metadata.labels.app", "a", "b"),
    );
    expect(fieldFacts({ spec: { chart: "a" } }, { spec: { chart: "b" } })).toEqual(
      told("spec.chart", "spec.chart", "a", "b"),
    );
  });

  it("do not look at more than 200 values", () => {
    const many = (count: number, chart: string): ValueObject => ({
      items: Array.from({ length: count }, () => labelled({ chart })),
    });
    expect(fieldFacts(many(199, "1"), many(199, "2"))).toEqual({ labelsOnly: true });
    expect(fieldFacts(many(200, "1"), many(200, "2"))).toEqual({});
  });
});
