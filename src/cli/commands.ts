import { type Command, type CommandGroup, command } from "./command.ts";
import { completion } from "./definitions/completion.ts";
import { demo } from "./definitions/demo.ts";
import { doctor } from "./definitions/doctor.ts";
import { images, imagesBump, imagesCheck } from "./definitions/images.ts";
import { lint } from "./definitions/lint.ts";
import { preview } from "./definitions/preview.ts";
import { promote } from "./definitions/promote.ts";
import { render } from "./definitions/render.ts";
import { serve } from "./definitions/serve.ts";
import { status } from "./definitions/status.ts";
import { targets } from "./definitions/targets.ts";

const imagesGroup: CommandGroup = {
  ...images,
  commands: [
    command(imagesCheck, async () => (await import("./images/check.ts")).runImagesCheck),
    command(imagesBump, async () => (await import("./images/bump.ts")).runImagesBump),
  ],
};

/**
 * Every command, in the order of the help. Handlers are loaded when they run, so that help, version and usage errors
 * come at once.
 */
export const commands: readonly (Command | CommandGroup)[] = [
  command(preview, async () => (await import("./preview.ts")).runPreview),
  command(promote, async () => (await import("./promote.ts")).runPromote),
  command(status, async () => (await import("./status.ts")).runStatus),
  command(render, async () => (await import("./render.ts")).runRender),
  imagesGroup,
  command(targets, async () => (await import("./targets.ts")).runTargets),
  command(lint, async () => (await import("./lint.ts")).runLint),
  command(doctor, async () => (await import("./doctor.ts")).runDoctor),
  command(serve, async () => (await import("./serve.ts")).runServe),
  command(completion, async () => (await import("./completion.ts")).runCompletion),
  command(demo, async () => (await import("./demo.ts")).runDemo),
];
