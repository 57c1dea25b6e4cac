import { type ContextOf, define } from "../command.ts";

/** `sluice render`. */
export const render = define({
  name: "render",
  summary: "print what a target renders to",
  description: [
    "DIR is a folder in a git repository. With @REF that commit is rendered, else the work tree as it is, with new files and without the files that git ignores.",
    "Without --target the folder itself is rendered or, at the top of a repository, every target one after the other; a target that cannot be rendered is reported and skipped, and the exit code is 2. The YAML of one target is byte for byte what kustomize build or helm template prints for it.",
  ],
  positionals: [{ name: "DIR[@REF]", description: "the folder, and the commit if not the work tree (default: .)" }],
  flags: {
    target: {
      type: "string",
      value: "PATH",
      description: "a target's path from the repository's top folder, or its id app/environment",
    },
    format: {
      type: "string",
      choices: ["yaml", "json"],
      default: "yaml",
      description: "yaml as the renderer itself prints it, or one JSON list of resources",
    },
  },
  examples: [
    ["render apps/webapp/overlays/prod", "what is in the work tree"],
    ["render .@v1.4.0 --target apps/webapp/overlays/prod", "the files at a tag"],
    ["render . --target gateway/prod --format json", "a chart with that environment's values"],
  ],
});

/** What its handler gets. */
export type RenderContext = ContextOf<typeof render>;
