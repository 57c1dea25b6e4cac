import type { CommandGroup } from "../command.ts";
import { imagesBumpCommand } from "./bump.ts";
import { imagesCheckCommand } from "./check.ts";

/** `sluice images`. */
export const imagesCommands: CommandGroup = {
  name: "images",
  summary: "see which new images would be taken, and take one",
  description: [
    "What Sluice does on GitHub when a registry tells of a new image, from a local checkout: the entries of images in .sluice.yaml say which tags are wanted and where.",
  ],
  positionals: [],
  flags: {},
  examples: [],
  commands: [imagesCheckCommand, imagesBumpCommand],
};
