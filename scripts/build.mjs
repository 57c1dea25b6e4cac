// `npm run build`: bundles src/ into dist/, which starts several times as fast as the sources. The set-up runs it
// when dist/ is not current.

import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { putInPlace, STAMP, sourceHash } from "./lib/build.mjs";
import { root } from "./lib/places.mjs";
import serverPackages from "./lib/server-packages.json" with { type: "json" };

/** The sandbox stays a folder of its own, because the production image goes without it. */
const sandbox = {
  name: "sandbox",
  resolveId: (id) => (id.endsWith("/sandbox/index.ts") ? { id: "../sandbox/index.ts", external: true } : undefined),
};

/**
 * Takes Node's own modules with `getBuiltinModule`: `import` evaluates every lazy export of such a module, which for
 * `node:util` alone costs a fifth of Node's start.
 */
const nodeModules = {
  name: "node-modules",
  renderChunk: (code) =>
    code
      .replaceAll(
        /^import \{ (.+) \} from "(node:[\w/]+)";$/gm,
        (_, names, id) => `const { ${names.replaceAll(" as ", ": ")} } = process.getBuiltinModule("${id}");`,
      )
      .replaceAll(/^import (?:\* as )?([\w$]+) from "(node:[\w/]+)";$/gm, 'const $1 = process.getBuiltinModule("$2");'),
};

async function bundle(folder) {
  const built = await rolldown({
    cwd: root,
    input: {
      cli: join(root, "src", "cli.ts"),
      "launcher-process": join(root, "src", "git", "launcher-process.ts"),
    },
    platform: "node",
    // Some bring workers or WebAssembly as files, and only the server and the demo load them.
    external: (id) => serverPackages.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [sandbox, nodeModules],
  });
  await built.write({ dir: folder, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" });
  await built.close();
}

const dist = join(root, "dist");
const partial = `${dist}.${process.pid}`;
try {
  // What changes from here on is newer than the stamp.
  const begun = new Date();
  const hash = sourceHash();
  await bundle(partial);
  writeFileSync(join(partial, STAMP), hash);
  utimesSync(join(partial, STAMP), begun, begun);
  putInPlace(partial, dist);
} finally {
  rmSync(partial, { recursive: true, force: true });
}
