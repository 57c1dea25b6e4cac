import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EXIT } from "./command.ts";
import type { DemoContext } from "./definitions/demo.ts";
import type { Played } from "./demo/play.ts";
import { ADMIN_TOKEN } from "./demo/repository.ts";
import { SAMPLE_NAMES, type SampleName } from "./demo/sample-names.ts";
import { installed } from "./installation.ts";
import { usage } from "./parse.ts";
import { aborted } from "./wait.ts";

/** Carries out `sluice demo`. */
export async function runDemo(context: DemoContext): Promise<number> {
  const port = portOf(context.args.port);
  checkDemoFiles(installed());
  const { folder, remove } = await folderOf(context);
  try {
    return await run(context, folder, port);
  } finally {
    await remove();
  }
}

async function run(context: DemoContext, folder: string, port: number): Promise<number> {
  const { play } = await import("./demo/play.ts");
  const { stdout, paint, signal } = context;
  const sample = sampleOf(context.args.sample);
  const played = await play({ folder, port, context, cluster: context.args.cluster, ...(sample && { sample }) });
  try {
    if (context.args.exit) return EXIT.ok;
    stdout.write(tryNext(paint, played).join("\n").concat("\n"));
    await aborted(signal);
    context.stderr.write("Stopping.\n");
    return EXIT.ok;
  } finally {
    await played.close();
  }
}

function tryNext(paint: DemoContext["paint"], { eventLog, kubeconfig }: Played): readonly string[] {
  return [
    "",
    paint.bold("Try next"),
    "  Open a pull request's page and comment /diff or /help.",
    "  Push another commit with git, from the page's clone address, and see the comment change.",
    "  Merge one pull request and look at what the others show then.",
    "  Push another tag on the registry's page, and watch a pull request come.",
    `  Ask ${paint.link(eventLog, eventLog)} why (any name, password ${ADMIN_TOKEN}).`,
    ...(kubeconfig ? [`  Change something with kubectl --kubeconfig ${kubeconfig}, and see what Sluice says.`] : []),
    `  ${paint.dim("Ctrl-C ends the demo.")}`,
  ];
}

/**
 * Throws a `usage` UserError where the parts that only the demo and the tests need are left out of an installation,
 * as in the container image.
 */
export function checkDemoFiles(installation: string): void {
  const missing = ["sandbox", "examples"].filter((folder) => !existsSync(join(installation, folder)));
  if (missing.length === 0) return;
  throw usage(
    `the demo is not part of this installation: ${installation} has no ${missing.join(" and no ")}`,
    "Run it from a checkout of Sluice's repository: npm run demo.",
  );
}

function sampleOf(name: string | undefined): SampleName | undefined {
  const sample = SAMPLE_NAMES.find((one) => one === name);
  if (name === undefined || sample !== undefined) return sample;
  throw usage(`there is no sample "${name}"`, `Name one of ${SAMPLE_NAMES.join(", ")}.`);
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw usage(`--port cannot be "${text}"`, "Give a number from 0 to 65535.");
}

async function folderOf({ args, cwd }: DemoContext): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  if (args.data === undefined) {
    const folder = await mkdtemp(join(tmpdir(), "sluice-demo-"));
    return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
  }
  const folder = resolve(cwd, args.data);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    throw usage(`${args.data} is not empty`, "Name a new or empty folder: --data DIR.");
  return { folder, remove: () => Promise.resolve() };
}
