// `npm run lockfile`: after adding a package. A registry that carries the builds of one platform only makes npm leave
// those of the others out of the lockfile, and `npm ci` then refuses it everywhere. This adds what is missing, so that
// each platform finds its own.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/places.mjs";

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

const file = join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
let added = 0;

for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (lock.packages[path] || !/^\d+\.\d+\.\d+/.test(version)) continue;
    lock.packages[path] = { version, ...platformOf(name), ...(parent.dev ? { dev: true } : {}), optional: true };
    added += 1;
  }
}

/** What a package's name says of the platform that its build is for. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const cpu = processors.find((processor) =>
    words.some((word) => word === processor || (processor === "arm" && word === "armv7")),
  );
  const os = systems.find((system) => words.includes(system));
  const libc = words.includes("musl") ? "musl" : os === "linux" && words.includes("gnu") ? "glibc" : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(os && { os: [os] }), ...(libc && { libc: [libc] }) };
}

const [top, ...rest] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([top, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))]);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} packages of other platforms added\n`);
