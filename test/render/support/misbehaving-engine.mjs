// An engine that speaks the protocol and does what the path of the target says. For tests of the pool.
import { existsSync, writeFileSync } from "node:fs";

const [, , mood = ""] = process.argv;

function send(header, body = Buffer.alloc(0)) {
  const text = Buffer.from(JSON.stringify(header));
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(text.length, 0);
  sizes.writeUInt32BE(body.length, 4);
  process.stdout.write(Buffer.concat([sizes, text, body]));
}

function result(id, trace = []) {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: String(process.pid) } };
  send({ type: "result", id, trace, warnings: [], unpinned: [] }, Buffer.from(JSON.stringify([{ object }])));
}

function flood() {
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(10, 0);
  sizes.writeUInt32BE(0xffffffff, 4);
  process.stdout.write(sizes);
  const more = () => process.stdout.write(Buffer.alloc(1 << 20), more);
  more();
}

function eatMemory() {
  const eaten = [];
  const bite = () => {
    eaten.push(Buffer.alloc(16 << 20, 1));
    setTimeout(bite, 5);
  };
  bite();
}

let wanted;

const deeds = {
  ok: (id) => result(id),
  slow: (id) => setTimeout(() => result(id), 150),
  environment: (id) =>
    result(
      id,
      Object.keys(process.env)
        .filter((name) => name !== "PWD" && name !== "SHLVL" && name !== "_")
        .map((name) => [name, "absent"]),
    ),
  loop: () => {
    for (;;);
  },
  hang: () => undefined,
  memory: eatMemory,
  flood,
  chatter: (id) => {
    for (let line = 0; line < 100_000; line += 1) process.stderr.write(`line ${line} of nothing much\n`);
    result(id);
  },
  "out-of-memory": () =>
    process.stderr.write("runtime: out of memory: cannot allocate\nfatal error: out of memory\n", () =>
      process.exit(2),
    ),
  crash: () => process.exit(3),
  "crash-once": (id, marker) => {
    if (existsSync(marker)) return result(id);
    writeFileSync(marker, "");
    process.kill(process.pid, "SIGKILL");
  },
  garbage: () => process.stdout.write(Buffer.from("\0\0\0\x05\0\0\0\0nope!")),
  stranger: () => send({ type: "what" }),
  fatal: (id) =>
    send({ type: "error", id, kind: "limit", message: "over", limit: "wallMs", fatal: true, trace: [], unpinned: [] }),
  need: (id, oid) => {
    wanted = id;
    send({ type: "need", oids: [oid, "0".repeat(40)] });
  },
};

/** Judges objects by their kinds: `Crash` ends the process, `Stuck` is what the process ends after telling. */
function judge(id, objects) {
  const kinds = objects.map(({ kind }) => kind);
  if (kinds.includes("Crash")) process.exit(3);
  const stuck = kinds.indexOf(kinds.find((kind) => kind in limits));
  const verdicts = kinds.map((kind) => ({ status: "healthy", message: `${kind} on ${process.pid}`, rule: "kstatus" }));
  const sent = Buffer.from(JSON.stringify(stuck < 0 ? verdicts : verdicts.slice(0, stuck)));
  if (stuck < 0) return send({ type: "result", id, trace: [], warnings: [], unpinned: [] }, sent);
  const limit = limits[kinds[stuck]];
  const error = { type: "error", id, kind: "limit", message: `over ${limit}`, limit, fatal: true, partial: true };
  send({ ...error, trace: [], unpinned: [] }, sent);
}

/** Objects that pass a limit, by their kinds. */
const limits = { Stuck: "objectMs", Late: "wallMs", Large: "memoryBytes" };

let rest = Buffer.alloc(0);
const answers = [];
process.stdin.on("data", (chunk) => {
  rest = Buffer.concat([rest, chunk]);
  while (rest.length >= 8) {
    const [header, body] = [rest.readUInt32BE(0), rest.readUInt32BE(4)];
    if (rest.length < 8 + header + body) return;
    const message = JSON.parse(rest.toString("utf8", 8, 8 + header));
    if (message.type === "health") judge(message.id, JSON.parse(rest.toString("utf8", 8 + header, 8 + header + body)));
    rest = rest.subarray(8 + header + body);
    if (message.type === "object") answers.push(`${message.kind}/${body}`);
    if (message.type === "object" && answers.length === 2)
      result(
        wanted,
        answers.map((answer) => [answer, "absent"]),
      );
    if (message.type !== "render") continue;
    const [deed, argument] = message.path.split(":");
    deeds[deed](message.id, argument);
  }
});
process.stdin.on("end", () => process.exit(0));

if (mood === "old") send({ type: "hello", protocol: 0, version: "x" });
else {
  const lockdown = {
    landlock: "none",
    seccomp: false,
    environment: true,
    httpTransport: true,
    path: true,
    limits: true,
  };
  send({
    type: "hello",
    protocol: 1,
    version: "misbehaving",
    libraries: { kustomize: "", helm: "", go: "" },
    lockdown,
  });
}
