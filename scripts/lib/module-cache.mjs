// What is built of the modules of a go.mod, kept in the per-user cache: one folder for each version of
// these, of Go and of the platform.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./console.mjs";
import { buildWithGo, goEnvironment, goVersion, requireGo } from "./go.mjs";
import { exe, userCache } from "./places.mjs";

/** What the modules of one go.mod give. */
export class ModuleCache {
  #source;
  #place;
  #need;
  #folder;

  /**
   * `source`: the folder with go.mod, go.sum and what of the programs is not in a module; `place`: the folder in the
   * cache; `need(what)`: what is missing where there is no Go, and the ways to get it: `[missing, ways]`.
   */
  constructor({ source, place, need }) {
    this.#source = source;
    this.#place = join(userCache, place);
    this.#need = need;
  }

  /** Where it all is. */
  folder() {
    this.#folder ??= this.#findFolder();
    return this.#folder;
  }

  /** Builds a package of the modules, unless that was done. Two packages at once: the compiler takes 2 GB for some. */
  async program(name, goPackage, progress) {
    const binary = join(await this.folder(), exe(name));
    if (existsSync(binary)) return "from the cache";
    const version = await this.#go(name);
    mkdirSync(dirname(binary), { recursive: true });
    const partial = `${binary}.${process.pid}`;
    const args = ["-p", "2", "-ldflags", "-s -w", "-o", partial, goPackage];
    await buildWithGo("build", args, { cwd: this.#source, env: this.#environment(), progress });
    renameSync(partial, binary);
    return `built with ${version}`;
  }

  /** Fills a folder from that of a module, unless that was done: `copy(<the module's folder>, <the new one>)`. */
  async files(name, module, copy) {
    const folder = join(await this.folder(), name);
    if (existsSync(folder)) return "from the cache";
    await this.#go(name);
    const args = ["mod", "download", "-json", module];
    const env = { ...goEnvironment(), ...this.#environment() };
    const { Dir: from } = JSON.parse(await run("go", args, { cwd: this.#source, env }));
    const partial = `${folder}.${process.pid}`;
    mkdirSync(partial, { recursive: true });
    copy(from, partial);
    renameSync(partial, folder);
    return "copied from the module";
  }

  async #findFolder() {
    const hash = createHash("sha256");
    for (const file of readdirSync(this.#source).sort()) hash.update(this.#read(file)).update("\0");
    const modules = hash.digest("hex").slice(0, 16);
    const platform = `${process.platform}-${process.arch}`;
    const go = (await goVersion()) && (this.#toolchain() ?? (await goVersion()));
    if (go) return join(this.#place, `${modules}-${go}-${platform}`);
    // Without a Go, any that was built of the same modules.
    const built = existsSync(this.#place) ? readdirSync(this.#place) : [];
    const usable = built.find((name) => name.startsWith(`${modules}-`) && name.endsWith(`-${platform}`));
    return join(this.#place, usable ?? `${modules}-${platform}`);
  }

  /** The version of Go that builds these; rejects where there is no Go at all. */
  async #go(what) {
    const { version } = await requireGo(...this.#need(what));
    return this.#toolchain() ?? version;
  }

  /** The go command fetches the release that a go.mod names, where it is another one. */
  #environment() {
    const toolchain = this.#toolchain();
    return toolchain ? { GOTOOLCHAIN: toolchain } : {};
  }

  /** A release that a go.mod insists on. */
  #toolchain() {
    return this.#read("go.mod").match(/^toolchain (\S+)$/m)?.[1];
  }

  #read(file) {
    return readFileSync(join(this.#source, file), "utf8");
  }
}

/** Copies the YAML files of a folder of a module, which are write-protected there like the folder. */
export function copyYaml(from, to) {
  mkdirSync(to, { recursive: true });
  const files = readdirSync(from).filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml");
  for (const file of files) copyFileSync(join(from, file), join(to, file));
}
