import { execFile } from "node:child_process";
import { lstat, readdir } from "node:fs/promises";
import { availableParallelism, freemem, totalmem } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Check, DoctorInput } from "./check.ts";

const run = promisify(execFile);

/** The first line that a program prints, `undefined` when it is not on PATH or fails. */
async function firstLine(
  program: string,
  args: readonly string[],
  { env, signal }: DoctorInput,
): Promise<string | undefined> {
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
    const { stdout } = await run(program, [...args], { env: { ...env }, signal: deadline });
    return stdout.split("\n")[0]?.trim();
  } catch {
    // A missing or broken program is a finding, not a failure of the check.
    return undefined;
  }
}

/** The Node that runs this. */
export function checkNode(): Check {
  const fine = Number.parseInt(process.versions.node, 10) >= 26;
  const detail = `${process.versions.node} (${process.platform} ${process.arch})`;
  return {
    name: "node",
    detail,
    ...(fine ? { status: "ok" } : { status: "fail", fix: "Use Node 26 or newer: npm install brings one." }),
  };
}

/** The git that everything is read with; `cat-file --batch -Z` and what else is used came with 2.38 at the latest. */
export async function checkGit(input: DoctorInput): Promise<Check> {
  const line = await firstLine("git", ["--version"], input);
  const version = line?.match(/(\d+)\.(\d+)(\.\d+)?/);
  if (!line || !version)
    return { name: "git", status: "fail", detail: "not found on PATH", fix: "Install git 2.38 or newer." };
  const fine = Number(version[1]) * 1_000 + Number(version[2]) >= 2_038;
  return {
    name: "git",
    detail: version[0],
    ...(fine ? { status: "ok" } : { status: "fail", fix: "Install git 2.38 or newer." }),
  };
}

/** Cores and memory, as far as this process may use them. */
export function checkMachine(): readonly Check[] {
  const cores = availableParallelism();
  const limit = process.constrainedMemory();
  const memory = limit > 0 && limit < totalmem() ? limit : totalmem();
  const scarce = memory < 512 * MEBIBYTE;
  return [
    { name: "cores", status: "info", detail: `${cores} (as many engine processes)` },
    {
      name: "memory",
      detail: `${size(memory)}, ${size(Math.min(freemem(), memory))} free`,
      ...(scarce ? { status: "warn", fix: "Give it at least 512 MiB." } : { status: "ok" }),
    },
  ];
}

const MEBIBYTE = 1 << 20;

/** Bytes for people. */
function size(bytes: number): string {
  if (bytes >= 1 << 30) return `${(bytes / (1 << 30)).toFixed(1)} GiB`;
  return bytes >= MEBIBYTE ? `${(bytes / MEBIBYTE).toFixed(1)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;
}

/** What a cache folder holds. */
export async function checkFolder(name: string, folder: string): Promise<Check> {
  const bytes = await folderSize(folder);
  return {
    name,
    status: "info",
    detail: bytes === undefined ? `${folder} (not there yet)` : `${folder}, ${size(bytes)}`,
  };
}

async function folderSize(folder: string): Promise<number | undefined> {
  try {
    let bytes = 0;
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) bytes += await fileSize(join(entry.parentPath, entry.name));
    }
    return bytes;
  } catch {
    // A folder that is missing or not readable has no size.
    return undefined;
  }
}

/** A file that was deleted meanwhile counts nothing. */
async function fileSize(path: string): Promise<number> {
  return (await lstat(path).catch(() => undefined))?.size ?? 0;
}

/** The renderers that the tests compare with; nothing else needs them. */
export function checkOracles(input: DoctorInput): Promise<readonly Check[]> {
  const look = async (name: string, variable: string, args: readonly string[]): Promise<Check> => {
    const line = await firstLine(input.env[variable] ?? name, args, input);
    return { name: `${name} (optional)`, status: "info", detail: line ?? "not found; only the tests use it" };
  };
  return Promise.all([
    look("kustomize", "SLUICE_KUSTOMIZE", ["version"]),
    look("helm", "SLUICE_HELM", ["version", "--short"]),
  ]);
}
