import { describe, expect, it } from "vitest";
import { fillWords, plural } from "../../src/diff/finding-words.ts";
import { rules } from "../../src/diff/findings/index.ts";
import { notFetchedFinding, renderFailureFinding, targetRemovedFinding } from "../../src/diff/index.ts";
import { compare } from "./support.ts";

const ids = (base: string | undefined, head: string | undefined) => compare(base, head).findings.map(({ id }) => id);

const object = (apiVersion: string, kind: string, body = "spec: {}", metadata = "name: x") =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { ${metadata} }\n${body}\n`;

const workload = (pod: string, kind = "Deployment", spec = "replicas: 1") =>
  object("apps/v1", kind, `spec: { ${spec}, template: { spec: { ${pod} } } }`);

describe("the table of findings", () => {
  it("has rules of distinct kebab-case ids", () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id } of rules) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it.each([
    ["v1", "PersistentVolumeClaim", "deleted-persistent-volume-claim"],
    ["v1", "PersistentVolume", "deleted-persistent-volume"],
    ["v1", "Namespace", "deleted-namespace"],
    ["apiextensions.k8s.io/v1", "CustomResourceDefinition", "deleted-custom-resource-definition"],
    ["apps/v1", "StatefulSet", "deleted-stateful-set"],
  ])("finds a deleted %s %s", (apiVersion, kind, id) => {
    const gone = object(apiVersion, kind);
    expect(ids(gone, undefined)).toEqual([id]);
    expect(ids(gone, gone)).toEqual([]);
    expect(compare(gone, undefined).findings[0]).toMatchObject({ severity: "danger", resource: `${kind}/x` });
  });

  it.each([
    [
      "v1",
      "PersistentVolumeClaim",
      "volume claim",
      "Its data goes too, unless the reclaim policy is `Retain`.",
      "keep the claim, or back up the data first",
    ],
    [
      "v1",
      "PersistentVolume",
      "volume",
      "Its data is cut off from the cluster, and is deleted if the reclaim policy is `Delete`.",
      "keep the volume until nothing claims it, and check its reclaim policy",
    ],
    [
      "v1",
      "Namespace",
      "namespace",
      "Everything in it goes too, even what is not in Git.",
      "empty the namespace first, or keep it",
    ],
    [
      "apiextensions.k8s.io/v1",
      "CustomResourceDefinition",
      "custom resource definition",
      "All objects of the kind go with it, in the whole cluster.",
      "delete the objects first, or keep the definition",
    ],
    [
      "apps/v1",
      "StatefulSet",
      "StatefulSet",
      "Its pods stop; its volumes stay unclaimed or are deleted, as its retention policy says.",
      "check that its data is no longer needed or was moved",
    ],
  ])("says of a deleted %s %s what is lost and what to do", (apiVersion, kind, noun, loss, fix) => {
    const deleted = noun === "volume claim" ? "the claim" : "it";
    expect(compare(object(apiVersion, kind), undefined).findings.map((found) => [found.message, found.fix])).toEqual([
      [`webapp loses the ${noun} \`x\` in prod. Where pruning is on, the deploy deletes ${deleted}. ${loss}`, fix],
    ]);
  });

  it("says nothing of what only changes", () => {
    expect(ids(object("apps/v1", "StatefulSet"), object("apps/v1", "StatefulSet", "spec: { replicas: 3 }"))).toEqual(
      [],
    );
  });

  it("says what becomes of the resource that is gone, and in which namespace", () => {
    const claim = (metadata: string) => object("v1", "PersistentVolumeClaim", "spec: { volumeMode: Block }", metadata);
    const [renamed] = compare(claim("name: old, namespace: a"), claim("name: new, namespace: a")).findings;
    expect(renamed).toMatchObject({
      id: "deleted-persistent-volume-claim",
      severity: "danger",
      app: "webapp",
      environment: "prod",
      resource: "PersistentVolumeClaim/a/old",
      message:
        "The volume claim `old` of webapp becomes PersistentVolumeClaim `new` in prod. The cluster makes a new object; where pruning is on, the old one is deleted. Its data goes too, unless the reclaim policy is `Retain`.",
    });
    const [moved] = compare(claim("name: old, namespace: a"), claim("name: old, namespace: b")).findings;
    expect(moved?.message).toContain("becomes PersistentVolumeClaim `old` in namespace `b` in prod. The cluster makes");
  });

  it.each([
    ["helm.sh/resource-policy", "keep", true],
    ["helm.sh/resource-policy", "delete", false],
    ["argocd.argoproj.io/sync-options", "Prune=false", true],
    ["argocd.argoproj.io/sync-options", "Force=true, Delete=false", true],
    ["argocd.argoproj.io/sync-options", "Prune=falsehood", false],
    ["argocd.argoproj.io/sync-options", "NoPrune=false", false],
    ["kustomize.toolkit.fluxcd.io/prune", "disabled", true],
    ["kustomize.toolkit.fluxcd.io/prune", "enabled", false],
  ])("heeds who keeps a resource from being deleted: %s=%s is %s", (name, value, kept) => {
    const gone = object("v1", "Namespace", "spec: {}", `name: x, annotations: { ${name}: "${value}" }`);
    expect(ids(gone, undefined)).toEqual(kept ? [] : ["deleted-namespace"]);
  });

  it("orders findings by severity and then by rule, whatever the order of the resources", () => {
    const pod = (name: string, more: string) =>
      `---\n${object("v1", "Pod", `spec: { containers: [{ name: c, image: "a:1" }], ${more} }`, `name: ${name}`)}`;
    const head = [
      pod("one", "initContainers: [{ name: i, image: nginx }]"),
      pod("two", "hostIPC: true"),
      pod("three", "initContainers: [{ name: i, image: a:1, securityContext: { privileged: true } }]"),
      `---\n${object("v1", "Secret", "data: { a: YQ== }")}`,
    ].join("");
    expect(ids(object("v1", "Namespace"), head)).toEqual([
      "deleted-namespace",
      "clear-text-secret",
      "privileged-container",
      "host-namespace",
      "image-without-tag",
    ]);
  });

  it("finds that a renamed claim is a deleted claim, and one in another namespace too", () => {
    const claim = (metadata: string) =>
      object("v1", "PersistentVolumeClaim", "spec: { accessModes: [a], volumeMode: Block }", metadata);
    expect(ids(claim("name: data"), claim("name: data-new"))).toEqual(["deleted-persistent-volume-claim"]);
    expect(ids(claim("name: data, namespace: a"), claim("name: data, namespace: b"))).toEqual([
      "deleted-persistent-volume-claim",
      "leaves-namespace",
    ]);
  });

  it("says nothing of what no delivery may delete, and of other groups' kinds", () => {
    const kept = object(
      "v1",
      "PersistentVolumeClaim",
      "spec: {}",
      "name: x, annotations: { helm.sh/resource-policy: keep }",
    );
    expect(ids(kept, undefined)).toEqual([]);
    expect(ids(object("example.org/v1", "Namespace"), undefined)).toEqual([]);
  });
});

describe("secrets in clear text", () => {
  const secret = (body: string) => object("v1", "Secret", body);

  it("are a danger when they come or change, by the names of their keys only", () => {
    const finding = compare(undefined, secret("data: { password: aHVudGVyMg== }")).findings[0];
    expect(finding).toMatchObject({ id: "clear-text-secret", severity: "danger", resource: "Secret/x" });
    expect(finding?.message).toContain("`password`");
    expect(ids(secret("data: { a: YQ==, b: Yg== }"), secret("data: { a: YQ==, b: eA== }"))).toEqual([
      "clear-text-secret",
    ]);
  });

  const message = (keys: string) =>
    `webapp in prod has a Secret with values in clear text: ${keys}. Whoever can read the repository has them, and Git keeps them; base64 hides nothing.`;
  const told = (text: string) => compare(undefined, text).findings.map(({ message: said, pointer }) => [said, pointer]);

  it("are told with what to do, the first five by name, at the field that holds the first", () => {
    expect(told(secret("stringData: { a: x, b: y }"))).toEqual([[message("`a`, `b`"), "/stringData"]]);
    expect(told(secret("data: { a: YQ== }\nstringData: { b: y }"))).toEqual([[message("`a`, `b`"), "/data"]]);
    const five = "`a`, `b`, `c`, `d`, `e`";
    expect(told(secret("data: { a: YQ==, b: YQ==, c: YQ==, d: YQ==, e: YQ== }"))).toEqual([[message(five), "/data"]]);
    expect(told(secret("data: { a: YQ==, b: YQ==, c: YQ==, d: YQ==, e: YQ==, f: YQ==, g: YQ== }"))).toEqual([
      [message(`${five} and 2 more`), "/data"],
    ]);
  });

  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const cipher = "ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]";
  const mac = `sops: { mac: "${cipher}" }`;

  it.each([
    ["a placeholder of the Vault plugin", 'stringData: { a: " <path:kv/data/login#password> " }', false],
    ["a placeholder in base64", `data: { a: ${base64("<path:kv/data/login#password>")} }`, false],
    ["a placeholder among other text", 'stringData: { a: "x <path:kv/data/login#password>" }', true],
    ["a variable that Flux fills in", `stringData: { a: "\${DB_PASSWORD}" }`, false],
    ["a reference for vals", "stringData: { a: ref+vault://kv/login#password }", false],
    ["text that only decodes to a placeholder", `stringData: { a: ${base64("<path:kv/data/login#password>")} }`, true],
    ["a number", "stringData: { a: 12345 }", false],
    ["an empty text", 'data: { a: "" }', false],
    ["no map", "stringData: hunter2", false],
    ["a cipher text of SOPS", `stringData: { a: "${cipher}" }\n${mac}`, false],
    ["clear text beside cipher texts of SOPS", `stringData: { a: "${cipher}", b: hunter2 }\n${mac}`, true],
    ["a cipher text in a file that SOPS did not write", `stringData: { a: "${cipher}" }`, true],
    ["a cipher text without the seal of SOPS", `stringData: { a: "${cipher}" }\nsops: { version: 3.9.0 }`, true],
    ["another field", "metadata2: { a: hunter2 }", false],
  ])("%s: %#", (_, body, clear) => {
    expect(ids(undefined, secret(body))).toEqual(clear ? ["clear-text-secret"] : []);
  });

  it("are not looked for in other kinds", () => {
    expect(ids(undefined, object("v1", "ConfigMap", "data: { password: hunter2 }"))).toEqual(["secret-like-value"]);
    expect(ids(undefined, object("example.org/v1", "Secret", "data: { password: hunter2 }"))).toEqual([]);
  });

  it("are found too where the kind or the field is written in the wrong case", () => {
    expect(ids(undefined, secret("stringdata: { password: hunter2 }"))).toEqual(["clear-text-secret"]);
    expect(ids(undefined, object("v1", "secret", "Data: { password: aHVudGVyMg== }"))).toEqual(["clear-text-secret"]);
  });

  it("are none when the pull request does not bring them, or when something else fills the value in", () => {
    expect(ids(secret("data: { a: YQ== }"), secret("data: { a: YQ== }\nimmutable: false"))).toEqual([]);
    const filled = `stringData: { a: "<path:kv/data/login#password>", b: "\${DB_PASSWORD}", c: "ref+vault://kv/x#y", d: "" }`;
    expect(ids(undefined, secret(filled))).toEqual([]);
  });
});

describe("what pods may do", () => {
  const container = (more: string) => `containers: [{ name: web, image: "web:1"${more} }]`;

  it("finds a container that newly runs privileged, also an init container", () => {
    const privileged = ", securityContext: { privileged: true }";
    expect(ids(workload(container("")), workload(container(privileged)))).toEqual(["privileged-container"]);
    expect(ids(workload(container(privileged)), workload(container(`${privileged}, tty: true`)))).toEqual([]);
    const init = `${container("")}, initContainers: [{ name: setup, image: "s:1"${privileged} }]`;
    expect(compare(workload(container("")), workload(init)).findings[0]?.pointer).toBe(
      "/spec/template/spec/initContainers/0/securityContext/privileged",
    );
  });

  it("finds new host paths and host namespaces", () => {
    const pod = `${container("")}, volumes: [{ name: run, hostPath: { path: /var/run } }], hostNetwork: true, hostPID: true`;
    expect(ids(workload(container("")), workload(pod))).toEqual([
      "host-path-volume",
      "host-namespace",
      "host-namespace",
    ]);
    expect(ids(workload(pod), workload(`${pod}, hostIPC: false`))).toEqual([]);
  });

  const told = (base: string | undefined, head: string) =>
    compare(base, head).findings.map(({ message, fix, pointer }) => [message, fix, pointer]);

  it("tells each at the field, with what it means and what to do", () => {
    const before = workload(container(""));
    expect(told(before, workload(container(", securityContext: { privileged: true }")))).toEqual([
      [
        "The container `web` of webapp now runs privileged in prod. Whoever breaks into it owns the node.",
        "ask for the single capabilities that it needs",
        "/spec/template/spec/containers/0/securityContext/privileged",
      ],
    ]);
    expect(
      told(before, workload(`${container("")}, volumes: [{ name: a }, { name: b, hostPath: { path: /run } }]`)),
    ).toEqual([
      [
        "webapp in prod mounts `/run` of the node. Its pods can read or change what belongs to the node and to other pods.",
        "use a volume claim, or mount read-only the one path that is needed",
        "/spec/template/spec/volumes/1/hostPath",
      ],
    ]);
    const advice = "leave it out unless the pod is part of the node's own machinery";
    expect(told(before, workload(`${container("")}, hostNetwork: true, hostPID: true, hostIPC: true`))).toEqual([
      [
        "webapp in prod sets `hostNetwork: true`. Its pods see the node's network, past network policies.",
        advice,
        "/spec/template/spec/hostNetwork",
      ],
      [
        "webapp in prod sets `hostPID: true`. Its pods see and can signal every process of the node.",
        advice,
        "/spec/template/spec/hostPID",
      ],
      [
        "webapp in prod sets `hostIPC: true`. Its pods can read shared memory of the node's processes.",
        advice,
        "/spec/template/spec/hostIPC",
      ],
    ]);
    expect(told(before, workload(container(""), "Deployment", "replicas: 0"))).toEqual([
      [
        "Deployment `x` of webapp has no pods left in prod. Nothing serves its traffic after the deploy.",
        "set `replicas` above 0, or remove the app if nobody needs it",
        "/spec/replicas",
      ],
    ]);
  });

  it.each([
    ["nginx", "`nginx`, which has no tag"],
    ["ghcr.io/acme/nginx:latest", "`nginx:latest`"],
  ])("tells what runs of the image %s, at the field", (image, what) => {
    const pod = `containers: [{ name: web, image: "web:1" }, { name: side, image: "${image}" }]`;
    expect(told(workload(container("")), workload(pod))).toEqual([
      [
        `webapp in prod runs ${what}. What starts depends on the registry at that moment, and a rollback may not bring the old image back.`,
        "name a version",
        "/spec/template/spec/containers/1/image",
      ],
    ]);
  });

  it("names only what is new, also where something of the kind was there before", () => {
    const one = "{ name: one, image: a:1, securityContext: { privileged: true } }";
    const two = "{ name: two, image: a:1, securityContext: { privileged: true } }";
    const volumes = (...paths: readonly string[]) =>
      `volumes: [${paths.map((path) => `{ name: v, hostPath: { path: ${path} } }`).join(", ")}]`;
    const before = workload(`containers: [${one}], ${volumes("/a")}, hostPID: true`);
    const after = workload(`containers: [${one}, ${two}], ${volumes("/a", "/b")}, hostPID: true, hostIPC: true`);
    expect(told(before, after).map(([, , pointer]) => pointer)).toEqual([
      "/spec/template/spec/containers/1/securityContext/privileged",
      "/spec/template/spec/volumes/1/hostPath",
      "/spec/template/spec/hostIPC",
    ]);
  });

  it("finds a workload that comes with no pods, but not what has replicas of something else", () => {
    expect(ids(undefined, workload(container(""), "Deployment", "replicas: 0"))).toEqual(["replicas-zero"]);
    expect(ids(undefined, object("example.org/v1", "Database", "spec: { replicas: 0 }"))).toEqual([]);
    expect(ids(workload(container(""), "Deployment", "replicas: 0"), undefined)).toEqual([]);
  });

  it("says nothing of a container that has no image yet", () => {
    expect(ids(undefined, workload("containers: [{ name: web }]"))).toEqual([]);
  });

  it("finds a workload scaled to nothing", () => {
    const scaled = (replicas: number) => workload(container(""), "Deployment", `replicas: ${replicas}`);
    expect(ids(scaled(2), scaled(0))).toEqual(["replicas-zero"]);
    expect(ids(scaled(0), scaled(2))).toEqual([]);
    expect(ids(scaled(0), scaled(0).replace("web:1", "web:2"))).toEqual([]);
  });

  it.each([
    ["nginx", true],
    ["nginx:latest", true],
    ["registry.local:5000/team/app", true],
    ["nginx:1.27", false],
    ["registry.local:5000/team/app:1", false],
    ["nginx@sha256:0123", false],
    ["nginx:latest@sha256:0123", false],
  ])("takes %s as loose: %s", (image, loose) => {
    const head = workload(`containers: [{ name: web, image: "${image}" }]`);
    expect(ids(workload(container("")), head)).toEqual(loose ? ["image-without-tag"] : []);
  });

  it("says nothing of a loose image that was there before", () => {
    const loose = (more: string) => workload(`containers: [{ name: web, image: nginx${more} }]`);
    expect(ids(loose(""), loose(", tty: true"))).toEqual([]);
  });
});

describe("findings about whole targets", () => {
  const name = { app: "webapp", environment: "prod" };

  it("name the file and the line of a failed render, what the tool said, and what is unknown", () => {
    const failure = { kind: "input", message: "no such file: {x}.yaml\nmore", file: "apps/k.yaml", line: 3 } as const;
    expect(renderFailureFinding({ ...name, failure, cause: "change" })).toMatchObject({
      ...{ ...name, id: "render-failed", severity: "danger", resource: "", file: "apps/k.yaml", line: 3 },
      message: "no such file: {x}.yaml. webapp in prod cannot be rendered, so what this change does there is unknown.",
    });
    const { message, severity } = renderFailureFinding({ ...name, failure, cause: "base" });
    expect([severity, message]).toEqual([
      "warning",
      "webapp in prod could not be rendered before, so all of it shows as new. no such file: {x}.yaml.",
    ]);
  });

  it("name of a failed render what is known, without what may be a secret", () => {
    const failure = { kind: "input", message: "bad password: hunter2.", line: 3 } as const;
    const finding = renderFailureFinding({ ...name, failure, cause: "change" });
    expect(JSON.stringify(finding)).not.toContain("hunter2");
    expect(finding.message).toMatch(/^bad password: ‹withheld›\. webapp in prod cannot/);
    const ended = renderFailureFinding({
      ...name,
      failure: { kind: "input", message: "Gone.", file: "a.yaml" },
      cause: "change",
    });
    expect(ended).toMatchObject({ file: "a.yaml", message: expect.stringContaining("Gone. webapp") });
    expect([finding, ended].filter((one) => "line" in one)).toEqual([]);
  });

  it("say of what is broken before, or guessed, that it is not this change's doing", () => {
    const failure = { kind: "input", message: "no such file: x.yaml" } as const;
    const before = renderFailureFinding({ ...name, failure, cause: "before" });
    const guess = renderFailureFinding({ ...name, failure, cause: "guess" });
    expect([before.severity, guess.severity]).toEqual(["warning", "warning"]);
    expect(before.message).toContain("webapp in prod cannot be rendered, with or without this pull request.");
    expect(guess.message).toContain("with the chart's default values alone");
  });

  it.each([
    ["base", "https://github.com/acme/base?ref=main", "remote base", true],
    ["base", "https://github.com/acme/base", "remote base", true],
    ["base", "https://github.com/acme/base?ref=v1.2.0", "remote base", false],
    ["base", "github.com/acme/base//x?ref=0123456789abcdef0123456789abcdef01234567", "remote base", false],
    ["file", "https://example.com/releases/v1.2.0/crds.yaml", "remote file", false],
    ["chart", "https://charts.example.com/web:1.2.3", "chart", false],
    ["chart", "oci://ghcr.io/acme/web:>=1.0.0", "chart", true],
    ["chart", "https://charts.example.com/web", "chart", true],
  ] as const)("name a %s that is not fetched: %s", (kind, reference, what, moves) => {
    const finding = notFetchedFinding({ ...name, reference: { kind, reference, reason: "", file: "k.yaml" } });
    expect(finding).toMatchObject({ id: "reference-not-fetched", severity: "warning", file: "k.yaml" });
    expect(finding.message).toContain(`Not fetched: the ${what} \`${reference}\``);
    expect(finding.message.includes("no fixed version")).toBe(moves);
  });

  it("say alike what generators of ApplicationSets lack, and how to tell", () => {
    const reason = "its generator `clusters` chooses among clusters of which none is known: declare them";
    const finding = notFetchedFinding({
      ...name,
      reference: { kind: "generator", reference: "ApplicationSet x", reason },
    });
    expect(finding).toMatchObject({
      message:
        "webapp in prod makes Applications that nobody knows here: its generator `clusters` chooses among clusters of which none is known. What they deploy is not compared.",
      fix: "declare them",
      words: { short: "1 ApplicationSet unknown" },
    });
    expect(finding.words?.message).not.toContain("ApplicationSet x");
  });

  it("say what is not known of an app that is removed and could not be rendered", () => {
    const finding = targetRemovedFinding({ ...name, resources: undefined });
    expect(finding.message).toContain("what it had could not be rendered");
  });

  it.each([
    [1, "The 1 resource of webapp leaves Git in prod.", "it is deleted. Else it stays, and nothing updates it"],
    [3, "All 3 resources of webapp leave Git in prod.", "they are deleted. Else they stay, and nothing updates them"],
  ])("name an app that is removed with %d resources", (resources, what, then) => {
    expect(targetRemovedFinding({ ...name, resources, path: "apps/x" })).toMatchObject({
      ...{ ...name, id: "target-removed", severity: "warning", resource: "" },
      message: `${what} Where pruning is on, ${then} any more.`,
      fix: "if this is not meant, restore `apps/x`",
    });
  });
});

describe("a finding of several places", () => {
  const words = {
    short: "{owner} is bad",
    message: "{app}{where} {loses|lose} the {resource}. The {#thing|things} {#goes|go}.",
    fix: "keep it {ack}",
    noun: "volume claim",
  };
  const place = (app: string, environment: string, name = "data") => ({ app, environment, name });

  it("is one sentence, whatever it is about", () => {
    const message = (...places: readonly ReturnType<typeof place>[]) => fillWords(words, places, undefined).message;
    expect(message(place("a", "prod"))).toBe("a in prod loses the volume claim `data`. The thing goes.");
    expect(message(place("a", "prod"), place("b", "dev", "x"))).toBe(
      "a and b in prod and dev lose the volume claims `data` and `x`. The things go.",
    );
    expect(message(...["a", "b", "c", "d"].map((app) => place(app, "default", app)))).toBe(
      "4 apps lose the 4 volume claims. The things go.",
    );
  });

  it("names at most three apps and resources and six environments, and counts more", () => {
    const message = (count: number) =>
      fillWords(
        words,
        Array.from({ length: count }, (_, index) => place(`a${index}`, `e${index}`, `n${index}`)),
      ).message;
    expect([3, 4, 6, 7].map((count) => message(count).replace(/\. The.*/, ""))).toEqual([
      "a0, a1 and a2 in e0, e1 and e2 lose the volume claims `n0`, `n1` and `n2`",
      "4 apps in e0, e1, e2 and e3 lose the 4 volume claims",
      "6 apps in e0, e1, e2, e3, e4 and e5 lose the 6 volume claims",
      "7 apps in 7 environments lose the 7 volume claims",
    ]);
  });

  it("is of this repository and nowhere in particular, where it has no app and no environment", () => {
    const unnamed = { short: "{owner} is bad", message: "{app}{where} loses the {resource}." };
    const filled = (app: string, environment: string) =>
      fillWords(unnamed, [{ app, environment, name: undefined }]).message;
    expect(filled("", " ")).toBe("this repository loses the resource.");
    expect(filled("a", "default")).toBe("a loses the resource.");
    const nameless = fillWords(unnamed, [
      { app: "", environment: "prod", name: "x" },
      { app: "a", environment: "prod", name: "a" },
    ]);
    expect([nameless.short, nameless.message]).toEqual([
      "resources `x` and `a` of a is bad",
      "a in prod loses the resources `x` and `a`.",
    ]);
    expect(fillWords(unnamed, [place("a", "dev", "a"), place("b", "dev", "a")]).short).toBe(
      "resource `a` of a and b is bad",
    );
  });

  it("leaves out its place where that stands before it", () => {
    const about = { short: "s", message: "{app}{where} {loses|lose} all{there}, on {base}." };
    const of = (isPlaced: boolean, ...environments: readonly string[]) =>
      fillWords(
        about,
        environments.map((environment) => place("a", environment)),
        { isPlaced, baseName: "main" },
      );
    expect(of(true, "prod")).toEqual({
      ...{ short: "s", message: "a in prod loses all, on main.", predicate: "Loses all, on main.", fix: undefined },
    });
    expect(of(true, "prod", "dev").predicate).toBe("Loses all in prod and dev, on main.");
    expect(of(false, "prod").predicate).toBe("Loses all in prod, on main.");
    expect(fillWords(about, [place("a", "prod")]).predicate).toBe("Loses all in prod, on the base branch.");
    expect(fillWords({ ...about, message: "Loses {app}" }, [place("a", "prod")])).not.toHaveProperty("predicate");
  });

  it("has the names of others as they are, whatever they look like", () => {
    const places = ["$'{x|y}", "{where}$&"].map((app) => place(app, "{base}"));
    expect(fillWords(words, places).message).toBe(
      "$'{x|y} and {where}$& in {base} lose the volume claim `data`. The thing goes.",
    );
  });

  it("says how it is acknowledged where that can be said", () => {
    expect(fillWords(words, [place("a", "prod")]).fix).toBe("keep it first");
    expect(fillWords(words, [place("a", "prod")], { ack: "/ack x" }).fix).toBe("keep it and comment `/ack x`");
  });

  it("calls a resource by its app where it has its name", () => {
    const short = (name: string) => fillWords(words, [place("a", "prod", name)], undefined).short;
    expect([short("a"), short("b")]).toEqual(["a is bad", "volume claim `b` of a is bad"]);
  });

  it.each([
    ["Ingress", "Ingresses"],
    ["NetworkPolicy", "NetworkPolicies"],
    ["Gateway", "Gateways"],
    ["Deployment", "Deployments"],
    ["Mesh", "Meshes"],
  ])("counts more than one %s as %s", (one, more) => expect(plural(one)).toBe(more));
});
