import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../src/model/json.ts";
import type { LiveObject, ObjectReference, OpenCluster } from "../../src/model/kube.ts";
import { eventually } from "../support/wait.ts";

/** A cluster, and a namespace in it that nobody else uses. */
export interface ClusterWorld {
  readonly cluster: OpenCluster;
  readonly namespace: string;
}

const signal = AbortSignal.timeout(3_600_000);
const ours = { fieldManager: "sluice", dryRun: false, force: true };
const theirs = { fieldManager: "somebody", dryRun: false, force: true };
const write = { fieldManager: "sluice", dryRun: false };

/** What the port `Cluster` promises, on any cluster. Controllers may take their time. */
export function clusterContract(name: string, world: () => ClusterWorld): void {
  const cluster = (): OpenCluster => world().cluster;
  const inNamespace = (object: JsonObject, metadata: JsonObject & { name: string }): JsonObject => ({
    ...object,
    metadata: { namespace: world().namespace, ...metadata },
  });
  const configMap = (name: string, data: JsonObject = {}, metadata: JsonObject = {}): JsonObject =>
    inNamespace({ apiVersion: "v1", kind: "ConfigMap", data }, { name, ...metadata });
  const reference = (name: string): ObjectReference => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    name,
    namespace: world().namespace,
  });
  const apply = (object: JsonObject, options = ours): Promise<LiveObject> =>
    cluster().apply({ object }, options, signal);
  const read = async (at: ObjectReference): Promise<JsonObject | undefined> =>
    (await cluster().get(at, signal))?.object;
  const gone = (at: ObjectReference): Promise<true> =>
    eventually(`${at.name} is gone`, async () => (await read(at)) === undefined, waitMs).then(() => true);

  describe(`an object of ${name}`, () => {
    it("is made by the first apply, and is not touched by an equal one", async () => {
      const first = identity(await apply(configMap("made", { a: "1" })));
      expect(identity(await apply(configMap("made", { a: "1" })))).toEqual(first);
      const changed = identity(await apply(configMap("made", { a: "2" })));
      expect(changed.uid).toBe(first.uid);
      expect(changed.resourceVersion).not.toBe(first.resourceVersion);
    });

    it("is not there after a dry run, whose answer has no version", async () => {
      const answer = await apply(configMap("dry", { a: "1" }), { ...ours, dryRun: true });
      expect(answer.object).toMatchObject({ data: { a: "1" } });
      expect(answer.object.metadata).not.toHaveProperty("resourceVersion");
      expect(await read(reference("dry"))).toBeUndefined();
    });

    it("is what it was after a dry run, whose answer is what it would be", async () => {
      const before = await apply(configMap("dry-again", { a: "1" }));
      const answer = await apply(configMap("dry-again", { b: "2" }), { ...ours, dryRun: true });
      expect(answer.object.data).toEqual({ b: "2" });
      expect(await read(reference("dry-again"))).toEqual(before.object);
    });

    it("has a generation that counts what is wanted of it, where its kind has one", async () => {
      const at = { ...reference("counted"), apiVersion: "apps/v1", kind: "Deployment" };
      const labels = { app: "counted" };
      const wanted = (image: string, more: JsonObject): JsonObject =>
        inNamespace(
          {
            apiVersion: "apps/v1",
            kind: "Deployment",
            spec: {
              replicas: 0,
              selector: { matchLabels: labels },
              template: { metadata: { labels }, spec: { containers: [{ name: "web", image }] } },
            },
          },
          { name: "counted", labels: more },
        );
      expect(identity(await apply(wanted("web:1", {}))).generation).toBe(1);
      expect(identity(await apply(wanted("web:1", { note: "x" }))).generation).toBe(1);
      expect(identity(await apply(wanted("web:2", {}))).generation).toBe(2);
      const other = wanted("web:2", {});
      const immutable = { ...other, spec: { ...objectOf(other.spec), selector: { matchLabels: { app: "x" } } } };
      await expect(apply(immutable)).rejects.toMatchObject({ name: "UserError", kind: "input" });
      expect(await read(at)).toMatchObject({ spec: { selector: { matchLabels: labels } } });
    });

    it("is refused when it has a field that its kind does not know", async () => {
      const odd = { ...configMap("odd"), colour: "blue" };
      await expect(apply(odd)).rejects.toMatchObject({ kind: "input", message: expect.stringContaining("colour") });
    });

    it("is refused when what it was made from has changed", async () => {
      const { resourceVersion } = identity(await apply(configMap("stale", { a: "1" })));
      await apply(configMap("stale", { a: "2" }));
      const stale = configMap("stale", { a: "3" }, { resourceVersion });
      await expect(apply(stale)).rejects.toMatchObject({ name: "UserError", kind: "refused" });
    });

    it("cannot be in a namespace that is not there", async () => {
      const lost = { ...configMap("lost"), metadata: { name: "lost", namespace: `${world().namespace}-no` } };
      await expect(apply(lost)).rejects.toMatchObject({ kind: "not-found" });
    });

    it("may name its namespace or be told it", async () => {
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "told" } };
      await expect(apply(object)).rejects.toMatchObject({ kind: "input", fix: "Set metadata.namespace." });
      const { namespace } = world();
      const told = await cluster().apply({ object }, { ...ours, namespace }, signal);
      expect(told.object.metadata).toMatchObject({ namespace });
    });
  });

  describe(`the owners of fields of ${name}`, () => {
    it("lose those that they no longer apply, and others keep theirs", async () => {
      await apply(configMap("shared", { a: "1", b: "1" }));
      await apply(configMap("shared", { c: "1" }), theirs);
      expect((await apply(configMap("shared", { a: "1" }))).object.data).toEqual({ a: "1", c: "1" });
    });

    it("keep a field together that both apply alike", async () => {
      await apply(configMap("alike", { a: "1" }));
      await apply(configMap("alike", { a: "1" }), { ...theirs, force: false });
      expect((await apply(configMap("alike", {}))).object.data).toEqual({ a: "1" });
    });

    it("are named where one would change the field of another, who loses it by force only", async () => {
      await apply(configMap("fought", { a: "theirs", b: "theirs" }), theirs);
      const refused = apply(configMap("fought", { a: "ours" }), { ...ours, force: false });
      await expect(refused).rejects.toMatchObject({ kind: "refused", message: expect.stringContaining("somebody") });
      expect((await apply(configMap("fought", { a: "ours" }))).object.data).toEqual({ a: "ours", b: "theirs" });
      expect((await apply(configMap("fought", { b: "theirs" }), theirs)).object.data).toEqual({
        a: "ours",
        b: "theirs",
      });
    });

    it("share lists whose items have keys", async () => {
      const pod = (containers: JsonObject[]): JsonObject =>
        inNamespace(
          {
            apiVersion: "apps/v1",
            kind: "Deployment",
            spec: {
              replicas: 0,
              selector: { matchLabels: { app: "listed" } },
              template: { metadata: { labels: { app: "listed" } }, spec: { containers } },
            },
          },
          { name: "listed" },
        );
      const web = (env: JsonObject[]): JsonObject => ({ name: "web", image: "web:1", env });
      await apply(
        pod([
          web([
            { name: "A", value: "1" },
            { name: "B", value: "1" },
          ]),
        ]),
      );
      await apply(pod([{ name: "sidecar", image: "side:1" }]), theirs);
      const result = await apply(pod([web([{ name: "A", value: "2" }])]));
      expect(containersOf(result)).toEqual([
        { name: "web", env: [{ name: "A", value: "2" }] },
        { name: "sidecar", env: undefined },
      ]);
    });

    it("are said in the object, with the way in which they wrote", async () => {
      await apply(configMap("said", { a: "1" }));
      await cluster().patch(reference("said"), { data: { b: "2" } }, { ...write, fieldManager: "hand" }, signal);
      const { managedFields } = objectOf((await read(reference("said")))?.metadata);
      expect(managers.parse(managedFields).toSorted((a, b) => (a.manager < b.manager ? -1 : 1))).toEqual([
        { manager: "hand", operation: "Update", fieldsV1: { "f:data": expect.objectContaining({ "f:b": {} }) } },
        { manager: "sluice", operation: "Apply", fieldsV1: { "f:data": { "f:a": {} } } },
      ]);
    });
  });

  describe(`an owner of ${name}`, () => {
    it("gets the fields of another by what a patch says of them, and loses those that it does not apply", async () => {
      const kubectl = { fieldManager: "kubectl-client-side-apply", dryRun: false };
      await cluster().create({ object: configMap("adopted", { a: "1", b: "1" }) }, kubectl, signal);
      const { metadata } = (await apply(configMap("adopted", { a: "1" }))).object;
      const { managedFields, resourceVersion = "" } = objectOf(metadata);
      const [entry] = z.array(z.record(z.string(), z.json())).parse(managedFields);
      const mine = {
        ...entry,
        manager: "sluice",
        operation: "Apply",
        fieldsV1: { "f:data": { "f:a": {}, "f:b": {} } },
      };
      const patch = { metadata: { resourceVersion, managedFields: [mine] } };
      outcome(await cluster().patch(reference("adopted"), patch, write, signal));
      expect((await apply(configMap("adopted", { a: "1" }))).object.data).toEqual({ a: "1" });
    });

    it("leaves a field alone that another sets and it does not apply", async () => {
      await apply(configMap("scaled", { a: "1" }));
      await cluster().patch(
        reference("scaled"),
        { data: { replicas: "5" } },
        { ...write, fieldManager: "hpa" },
        signal,
      );
      const seen = await read(reference("scaled"));
      expect((await apply(configMap("scaled", { a: "1" }), { ...ours, dryRun: true })).object).toEqual(seen);
      expect((await apply(configMap("scaled", { a: "2" }))).object.data).toEqual({ a: "2", replicas: "5" });
    });

    it("cannot change what is immutable", async () => {
      await apply({ ...configMap("frozen", { a: "1" }), immutable: true });
      const change = apply({ ...configMap("frozen", { a: "2" }), immutable: true });
      await expect(change).rejects.toMatchObject({ name: "UserError", kind: "input" });
      expect(await read(reference("frozen"))).toMatchObject({ data: { a: "1" } });
    });
  });

  describe(`making and changing objects of ${name}`, () => {
    it("makes what is not there, and nothing else", async () => {
      const first = await cluster().create({ object: configMap("hook", { a: "1" }) }, write, signal);
      if (first === "exists") throw new Error("it was not there");
      expect(first.object).toMatchObject({ data: { a: "1" } });
      expect(await cluster().create({ object: configMap("hook", { a: "2" }) }, write, signal)).toBe("exists");
      expect(await read(reference("hook"))).toEqual(first.object);
    });

    it("makes nothing as a dry run, and in no namespace that is not there", async () => {
      await cluster().create({ object: configMap("hook-dry") }, { ...write, dryRun: true }, signal);
      expect(await read(reference("hook-dry"))).toBeUndefined();
      const lost = { ...configMap("lost"), metadata: { name: "lost", namespace: `${world().namespace}-no` } };
      await expect(cluster().create({ object: lost }, write, signal)).rejects.toMatchObject({ kind: "not-found" });
    });

    it("changes and takes away the fields that a patch names", async () => {
      await apply(configMap("patched", { a: "1", b: "1", c: "1" }));
      const patched = await cluster().patch(reference("patched"), { data: { a: "2", b: null } }, write, signal);
      expect(outcome(patched)).toMatchObject({ data: { a: "2", c: "1" } });
      expect(await read(reference("patched"))).toEqual(outcome(patched));
    });

    it("changes only what is still as the patch expects", async () => {
      const { resourceVersion, uid } = identity(await apply(configMap("guarded", { a: "1" })));
      const patch = (metadata: JsonObject): Promise<LiveObject | "changed" | "absent"> =>
        cluster().patch(reference("guarded"), { metadata, data: { a: "2" } }, write, signal);
      expect(await patch({ uid: "00000000-0000-4000-8000-0000000fffff" })).toBe("changed");
      expect(outcome(await patch({ resourceVersion, uid }))).toMatchObject({ data: { a: "2" } });
      expect(await patch({ resourceVersion, uid })).toBe("changed");
    });

    it("changes nothing that is not there", async () => {
      expect(await cluster().patch(reference("absent"), { data: { a: "1" } }, write, signal)).toBe("absent");
    });

    it("gives back every number as it was written", async () => {
      await withKind("Counter", { "x-kubernetes-preserve-unknown-fields": true, type: "object" }, async (type) => {
        const object = inNamespace({ ...type, spec: { big: [0, 0] } }, { name: "big" });
        const numbers = { "/spec/big/1": "9007199254740993" };
        await cluster().apply({ object, numbers }, ours, signal);
        expect((await cluster().get({ ...type, ...named("big") }, signal))?.numbers).toEqual(numbers);
        const [listed] = await cluster().list({ ...type, namespace: world().namespace }, signal);
        expect(listed?.numbers).toEqual(numbers);
      });
    });
  });

  describe(`a deletion in ${name}`, () => {
    it("is of the very object that was seen", async () => {
      const first = identity(await apply(configMap("replaced")));
      const options = { uid: first.uid, propagation: "Background" } as const;
      expect(await cluster().delete(reference("replaced"), options, signal)).toBe("accepted");
      expect(await cluster().delete(reference("replaced"), options, signal)).toBe("absent");
      await apply(configMap("replaced"));
      expect(await cluster().delete(reference("replaced"), options, signal)).toBe("changed");
    });

    it("leaves what has changed since it was seen", async () => {
      const seen = identity(await apply(configMap("changing", { a: "1" })));
      await apply(configMap("changing", { a: "2" }));
      const { uid, resourceVersion } = seen;
      const options = { uid, resourceVersion, propagation: "Background" } as const;
      expect(await cluster().delete(reference("changing"), options, signal)).toBe("changed");
    });

    it("waits for those who hold the object", async () => {
      const { uid } = identity(await apply(configMap("held", {}, { finalizers: ["example.com/hold"] })));
      const options = { uid, propagation: "Background" } as const;
      expect(await cluster().delete(reference("held"), options, signal)).toBe("accepted");
      expect(await read(reference("held"))).toMatchObject({ metadata: { deletionTimestamp: expect.any(String) } });
      await cluster().patch(reference("held"), { metadata: { finalizers: null } }, write, signal);
      expect(await gone(reference("held"))).toBe(true);
    });

    it("ends what the object owned", async () => {
      const { uid } = identity(await apply(configMap("owner")));
      const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid }];
      await apply(configMap("owned", {}, { ownerReferences }));
      await cluster().delete(reference("owner"), { uid, propagation: "Background" }, signal);
      expect(await gone(reference("owned"))).toBe(true);
    });

    it("leaves what the object owned where that is wished", async () => {
      const { uid } = identity(await apply(configMap("parent")));
      const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "parent", uid }];
      await apply(configMap("orphan", {}, { ownerReferences }));
      await cluster().delete(reference("parent"), { uid, propagation: "Orphan" }, signal);
      await gone(reference("parent"));
      expect(objectOf((await read(reference("orphan")))?.metadata)).not.toHaveProperty("ownerReferences");
    });

    it("of a namespace takes as long as something in it is held, and nothing is made there meanwhile", async () => {
      const space = { apiVersion: "v1", kind: "Namespace", name: `${world().namespace}-slow` };
      const inside = { ...reference("inside"), namespace: space.name };
      const held = { name: "inside", namespace: space.name, finalizers: ["example.com/hold"] };
      const { uid } = identity(await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: space.name } }));
      await apply({ ...configMap("inside"), metadata: held });
      await cluster().delete(space, { uid, propagation: "Background" }, signal);
      const isEnding = async (): Promise<boolean> =>
        objectOf((await read(inside))?.metadata).deletionTimestamp !== undefined;
      await eventually("what is in it is to be deleted", isEnding, waitMs);
      const late = { ...configMap("late"), metadata: { name: "late", namespace: space.name } };
      await expect(apply(late)).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
      await cluster().patch(inside, { metadata: { finalizers: null } }, write, signal);
      expect(await gone(space)).toBe(true);
    });

    it("of a namespace ends what is in it", async () => {
      const space = { apiVersion: "v1", kind: "Namespace", name: `${world().namespace}-brief` };
      const { uid } = identity(await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: space.name } }));
      await apply({ ...configMap("inside"), metadata: { name: "inside", namespace: space.name } });
      expect(await cluster().delete(space, { uid, propagation: "Background" }, signal)).toBe("accepted");
      expect(await gone(space)).toBe(true);
      expect(await read({ ...reference("inside"), namespace: space.name })).toBeUndefined();
    });
  });

  describe(`a list of ${name}`, () => {
    beforeAll(async () => {
      await apply(configMap("list-a", { a: "1" }, { labels: { listed: "yes", tier: "web" } }));
      await apply(configMap("list-b", { b: "1" }, { labels: { listed: "yes", tier: "db" } }));
      await apply(configMap("list-c", { c: "1" }, { labels: { listed: "yes" } }));
    });
    const names = async (labels: string, fields?: string): Promise<readonly string[]> => {
      const query = { apiVersion: "v1", kind: "ConfigMap", namespace: world().namespace, labels, fields };
      return (await cluster().list(query, signal)).map((live) => identity(live).name);
    };

    it.each([
      { labels: "listed=yes", has: ["list-a", "list-b", "list-c"] },
      { labels: "listed=yes,tier==web", has: ["list-a"] },
      { labels: "listed,tier!=web", has: ["list-b", "list-c"] },
      { labels: "tier in (web, db),listed=yes", has: ["list-a", "list-b"] },
      { labels: "listed,tier notin (web)", has: ["list-b", "list-c"] },
      { labels: "listed,!tier", has: ["list-c"] },
      { labels: "listed=no", has: [] },
    ])("has what $labels selects", async ({ labels, has }) => {
      expect(await names(labels)).toEqual(has);
    });

    it("has what a field selects", async () => {
      expect(await names("listed=yes", "metadata.name=list-b")).toEqual(["list-b"]);
    });

    it("has those of every namespace where none is named", async () => {
      const query = { apiVersion: "v1", kind: "ConfigMap", labels: "listed=yes,tier=web" };
      const spaces = (await cluster().list(query, signal)).map(({ object }) => objectOf(object.metadata).namespace);
      expect(spaces).toContain(world().namespace);
    });

    it("says of each object what it is, and no more than its metadata where that is enough", async () => {
      const query = {
        apiVersion: "v1",
        kind: "ConfigMap",
        namespace: world().namespace,
        fields: "metadata.name=list-a",
      };
      const [whole] = await cluster().list(query, signal);
      const [part] = await cluster().list({ ...query, metadataOnly: true }, signal);
      expect(whole?.object).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", data: { a: "1" } });
      expect(part?.object).toEqual({ apiVersion: "v1", kind: "ConfigMap", metadata: whole?.object.metadata });
    });
  });

  describe(`the kinds of ${name}`, () => {
    it("are preferred in one version", async () => {
      expect(await cluster().preferred("", "ConfigMap", signal)).toEqual({ apiVersion: "v1", kind: "ConfigMap" });
      expect(await cluster().preferred("apps", "Deployment", signal)).toEqual({
        apiVersion: "apps/v1",
        kind: "Deployment",
      });
      expect(await cluster().preferred("apps", "Nothing", signal)).toBeUndefined();
      expect(await cluster().preferred(`${world().namespace}.example.com`, "Widget", signal)).toBeUndefined();
    });

    it("include one as soon as its definition is established, with its schema, until that is deleted", async () => {
      const size = { type: "string", enum: ["small", "large"], default: "small" };
      const schema = { type: "object", properties: { size } };
      const group = await withKind("Widget", schema, async (type) => {
        const widget = (spec: JsonObject): JsonObject => inNamespace({ ...type, spec }, { name: "one" });
        expect((await apply(widget({}))).object).toMatchObject({ spec: { size: "small" } });
        await expect(apply(widget({ size: "huge" }))).rejects.toMatchObject({ kind: "input" });
        await expect(apply(widget({ colour: "blue" }))).rejects.toMatchObject({ kind: "input" });
        const mapping = await cluster().mapping(type, signal);
        expect(mapping).toMatchObject({ plural: "widgets", namespaced: true });
        return type.apiVersion;
      });
      const early = apply(inNamespace({ apiVersion: group, kind: "Gadget", spec: {} }, { name: "one" }));
      await expect(early).rejects.toMatchObject({ name: "UserError", kind: "not-found" });
    });
  });

  describe(`what is said and may be done in ${name}`, () => {
    it("is every event about an object, the latest last", async () => {
      const { uid } = identity(await apply(configMap("eventful")));
      const event = (at: string, rest: JsonObject): JsonObject =>
        inNamespace(
          {
            apiVersion: "v1",
            kind: "Event",
            involvedObject: {
              apiVersion: "v1",
              kind: "ConfigMap",
              name: "eventful",
              namespace: world().namespace,
              uid,
            },
            lastTimestamp: at,
            ...rest,
          },
          { name: `event-${at.slice(14, 16)}` },
        );
      const late = { type: "Warning", reason: "Failed", message: "it failed", count: 3 };
      const early = { type: "Normal", reason: "Tried", message: "it tried", count: 1 };
      await cluster().create({ object: event("2026-01-01T00:02:00Z", late) }, write, signal);
      await cluster().create({ object: event("2026-01-01T00:01:00Z", early) }, write, signal);
      expect(await cluster().events({ ...reference("eventful"), uid }, signal)).toEqual([
        { ...early, lastSeen: "2026-01-01T00:01:00Z" },
        { ...late, lastSeen: "2026-01-01T00:02:00Z" },
      ]);
      expect(await cluster().events({ ...reference("eventful"), uid: "other" }, signal)).toEqual([]);
    });

    it("is no log where there is no Pod", async () => {
      const { namespace } = world();
      const log = { namespace, pod: "no-such", previous: false, tailLines: 10 };
      expect(await cluster().log(log, signal)).toMatchObject({
        kind: "none",
        reason: expect.stringContaining("no-such"),
      });
    });

    it("is nothing for an account without rights, and what a role lets it", async () => {
      const { namespace } = world();
      const account = { user: `system:serviceaccount:${namespace}:deployer` };
      const limited = cluster().as(account);
      const object = configMap("granted", { a: "1" });
      const question = { apiVersion: "v1", kind: "ConfigMap", verb: "patch", namespace };
      expect(await limited.may(question, signal)).toBe(false);
      await expect(limited.apply({ object }, ours, signal)).rejects.toMatchObject({ kind: "permission" });
      await expect(limited.get(reference("granted"), signal)).rejects.toMatchObject({ kind: "permission" });
      await apply(inNamespace({ ...role, rules }, { name: "deployer" }));
      await apply(inNamespace(binding(namespace), { name: "deployer" }));
      await eventually("the account may", () => limited.may(question, signal), waitMs);
      expect((await limited.apply({ object }, ours, signal)).object).toMatchObject({ data: { a: "1" } });
      const { uid } = identity(await apply(object));
      const deletion = limited.delete(reference("granted"), { uid, propagation: "Background" }, signal);
      await expect(deletion).rejects.toMatchObject({ kind: "permission" });
      expect(await limited.may({ ...question, namespace: "default" }, signal)).toBe(false);
      expect(await cluster().may({ ...question, namespace: "default" }, signal)).toBe(true);
    });

    it("is what a role lets a group, for who is in it", async () => {
      const { namespace } = world();
      const group = `${namespace}:deployers`;
      const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group }];
      await apply(inNamespace({ ...role, rules }, { name: "deployer" }));
      await apply(inNamespace({ ...binding(namespace), subjects }, { name: "deployers" }));
      const question = { apiVersion: "v1", kind: "ConfigMap", verb: "get", namespace };
      const may = (groups: readonly string[]): Promise<boolean> =>
        cluster().as({ user: "jane@example.com", groups }).may(question, signal);
      await eventually("the group may", () => may(["others", group]), waitMs);
      expect(await may(["others"])).toBe(false);
    });
  });

  const named = (name: string): Pick<ObjectReference, "name" | "namespace"> => ({ name, namespace: world().namespace });

  /** Runs with a kind of the test's own, whose objects have a `spec` of this schema. */
  const withKind = async <T>(
    kind: string,
    spec: JsonObject,
    run: (type: { readonly apiVersion: string; readonly kind: string }) => Promise<T>,
  ): Promise<T> => {
    const group = `${world().namespace}.example.com`;
    const type = { apiVersion: `${group}/v1`, kind };
    const { uid, name } = identity(await apply(definition(group, kind, spec)));
    try {
      await eventually("the kind is served", () => cluster().mapping(type, signal), waitMs);
      const probe = { ...type, ...named("no-such") };
      await eventually(
        "its objects can be read",
        () =>
          cluster()
            .get(probe, signal)
            .then(() => true, unlessNotFound),
        waitMs,
      );
      return await run(type);
    } finally {
      const at = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name };
      await cluster().delete(at, { uid, propagation: "Background" }, signal);
    }
  };
}

/** For what never comes. */
const waitMs = 600_000;

const live = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.number().optional(),
  }),
});

function identity({ object }: LiveObject): z.infer<typeof live>["metadata"] {
  return live.parse(object).metadata;
}

const managers = z.array(z.object({ manager: z.string(), operation: z.string(), fieldsV1: z.json() }));
const workload = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.object({ name: z.string(), env: z.array(z.object({ name: z.string(), value: z.string() })).optional() }),
        ),
      }),
    }),
  }),
});

function containersOf({ object }: LiveObject): readonly object[] {
  const { containers } = workload.parse(object).spec.template.spec;
  return containers.map(({ name, env }) => ({ name, env }));
}

function outcome(result: LiveObject | "changed" | "absent"): JsonObject {
  if (typeof result === "string") throw new Error(result);
  return result.object;
}

function objectOf(value: unknown): JsonObject {
  return z.record(z.string(), z.json()).parse(value);
}

/** A definition is served a little later than it is established. */
function unlessNotFound(error: unknown): false {
  if (z.object({ kind: z.literal("not-found") }).safeParse(error).success) return false;
  throw error;
}

const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role" };
const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "create", "patch"] }];

function binding(namespace: string): JsonObject {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "deployer" },
    subjects: [{ kind: "ServiceAccount", name: "deployer", namespace }],
  };
}

function definition(group: string, kind: string, spec: JsonObject): JsonObject {
  const plural = `${kind.toLowerCase()}s`;
  const openAPIV3Schema = { type: "object", properties: { spec } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, singular: kind.toLowerCase(), kind },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
