import type { Command, CommandGroup } from "./command.ts";
import { demoCommand } from "./demo.ts";
import { doctorCommand } from "./doctor.ts";
import { imagesCommands } from "./images/group.ts";
import { lintCommand } from "./lint.ts";
import { previewCommand } from "./preview.ts";
import { promoteCommand } from "./promote.ts";
import { renderCommand } from "./render.ts";
import { serveCommand } from "./serve.ts";
import { statusCommand } from "./status.ts";
import { targetsCommand } from "./targets.ts";

/** Every command, in the order of the help. */
export const commands: readonly (Command | CommandGroup)[] = [
  previewCommand,
  promoteCommand,
  statusCommand,
  renderCommand,
  imagesCommands,
  targetsCommand,
  lintCommand,
  doctorCommand,
  serveCommand,
  demoCommand,
];
