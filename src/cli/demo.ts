import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type CommandContext, defineCommand, EXIT } from "./command.ts";
import { ADMIN_TOKEN } from "./demo/repository.ts";
import { usage } from "./parse.ts";
import { aborted } from "./wait.ts";

const FLAGS = {
  exit: { type: "boolean", description: "end after the last step instead of staying up" },
  port: {
    type: "string",
    value: "PORT",
    default: "0",
    description: "port of the local GitHub's pages; 0 lets the system choose",
  },
  data: {
    type: "string",
    value: "DIR",
    description: "an empty folder to keep the demo's data in (default: a temporary one, removed at the end)",
  },
} as const;

/** `sluice demo`. */
export const demoCommand = defineCommand({
  name: "demo",
  summary: "play the life of a change on this machine, with nothing set up",
  description: [
    "Starts a GitHub on this machine, pushes a sample GitOps repository to it, starts Sluice as its App, opens pull requests and prints what Sluice says on them. Everything stays up to play with until Ctrl-C. Needs no account and no network.",
  ],
  positionals: [],
  flags: FLAGS,
  examples: [
    ["demo", "play, then stay up"],
    ["demo --exit", "play, then end: not 0 when a step failed"],
    ["demo --port 4567 --data ./demo", "at a known address, with the data kept"],
  ],
  async run(context) {
    const port = portOf(context.args.port);
    const { folder, remove } = await folderOf(context);
    try {
      return await run(context, folder, port);
    } finally {
      await remove();
    }
  },
});

type Context = CommandContext<typeof FLAGS>;

async function run(context: Context, folder: string, port: number): Promise<number> {
  const { play } = await import("./demo/play.ts");
  const { stdout, paint, signal } = context;
  const played = await play({ folder, port, context });
  try {
    if (context.args.exit) return EXIT.fine;
    stdout.write(tryNext(paint, played.eventLog).join("\n").concat("\n"));
    await aborted(signal);
    context.stderr.write("Stopping.\n");
    return EXIT.fine;
  } finally {
    await played.close();
  }
}

function tryNext(paint: Context["paint"], eventLog: string): readonly string[] {
  return [
    "",
    paint.bold("Try next"),
    "  Open a pull request's page and comment /diff or /help.",
    "  Push another commit with git, from the page's clone address, and see the comment change.",
    "  Merge one pull request and look at what the others show then.",
    "  Push another tag on the registry's page, and watch a pull request come.",
    `  Ask ${paint.link(eventLog, eventLog)} why (any name, password ${ADMIN_TOKEN}).`,
    `  ${paint.dim("Ctrl-C ends the demo.")}`,
  ];
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw usage(`--port cannot be "${text}"`, "Give a number from 0 to 65535.");
}

async function folderOf({ args, cwd }: Context): Promise<{ readonly folder: string; remove(): Promise<void> }> {
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
