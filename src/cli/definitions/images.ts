import { type ContextOf, define } from "../command.ts";
import { FORMAT, REF, REPO, WRITE } from "./shared.ts";

/** Flags of the commands that ask registries. */
const REGISTRY_FLAGS = {
  "server-file": {
    type: "string",
    value: "FILE",
    description: "a sluice.server.yaml whose registries are used (default: $SLUICE_SERVER_FILE)",
  },
  insecure: {
    type: "list",
    value: "HOST",
    description: "comma-separated registries to reach over http and at private addresses",
  },
} as const;

/** `sluice images`: the group. */
export const images = define({
  name: "images",
  summary: "see which new images would be taken, and take one",
  description: [
    "What Sluice does on GitHub when a registry reports a new image, from a local checkout: the entries of images in .sluice.yaml define which tags are wanted and where.",
  ],
  positionals: [],
  flags: {},
  examples: [],
});

/** `sluice images check`. */
export const imagesCheck = define({
  name: "images check",
  summary: "show which images would be updated, and why",
  description: [
    "Asks the registries about each entry of images in .sluice.yaml and shows what its policy chooses, what the targets have, and what would be edited, or why nothing would. Nothing is written.",
    "What only the server knows is left out: holds, versions that were rolled back, pull requests that were closed.",
    "Credentials are those of docker login ($DOCKER_CONFIG, else ~/.docker) and of the server's file that you name; a sluice.server.yaml in the working directory is not read unless you name it. If an entry fails, the others are still checked, and the exit code is 1 or 2.",
  ],
  positionals: [{ name: "IMAGE", description: "the images to check, without tags (default: all)", many: true }],
  flags: {
    repo: REPO,
    ref: { ...REF, description: "the commit with the configuration and the files" },
    "exit-code": {
      type: "boolean",
      description: "exit with 3 when there is something to bump, or a target is refused",
    },
    verbose: { type: "boolean", description: "explain up to 60 tags of each image: why each was or was not chosen" },
    format: FORMAT,
    ...REGISTRY_FLAGS,
  },
  examples: [
    ["images check", "every image of the configuration"],
    ["images check ghcr.io/acme/webapp --verbose", "one image, with a reason for each tag"],
    ["images check --exit-code --format json", "for a program"],
  ],
});

/** `sluice images bump`. */
export const imagesBump = define({
  name: "images bump",
  summary: "set an image's tag in the files that deploy it (instead of sed)",
  description: [
    "Finds what sets the image's version in the files of the targets, edits only that, and proves by rendering that only the image changes. The targets are those of the image's entries in images of .sluice.yaml; for an image without an entry name the environments.",
    "It writes what the entry's pin says. Without an entry it writes the tag, and the digest if you give one. A digest beside a tag is always updated too. Unless --offline is given, the registry is asked for the digest, and whether it has the tag at all.",
    "A target is planned, already there, or refused with the reason: the policy does not take the tag, it is older than the current one, or the edit cannot be proven. A refused target leaves the others alone and makes the exit code 3. Uncommitted changes are ignored, and --write refuses to touch such files.",
    "Flags with several values take them with commas between them, and may be given again.",
  ],
  positionals: [
    {
      name: "IMAGE:TAG[@DIGEST]",
      description: "the image with its new tag, and the digest where it is known",
      required: true,
    },
  ],
  flags: {
    environment: {
      type: "list",
      value: "ENV",
      description: "the environments that get it (default: those of the image's entries)",
    },
    app: { type: "list", value: "APP", description: "the apps that get it (default: every app that has the image)" },
    repo: REPO,
    ref: { ...REF, description: "the commit with the configuration and the files to edit" },
    write: WRITE,
    force: { type: "boolean", description: "take the tag even where the policy refuses it, or where it is older" },
    offline: {
      type: "boolean",
      description: "do not contact the registry: give the digest yourself if it must be written",
    },
    format: FORMAT,
    ...REGISTRY_FLAGS,
  },
  examples: [
    ["images bump ghcr.io/acme/webapp:1.5.0", "what that would edit"],
    ["images bump ghcr.io/acme/webapp:1.5.0@sha256:… --write", "edit the files, with the digest of the build"],
    ["images bump ghcr.io/acme/webapp:main-42 --environment dev --offline --write", "without an entry or a registry"],
  ],
});

/** What the handler of `images check` gets. */
export type ImagesCheckContext = ContextOf<typeof imagesCheck>;

/** What the handler of `images bump` gets. */
export type ImagesBumpContext = ContextOf<typeof imagesBump>;
