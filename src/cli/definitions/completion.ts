import { type ContextOf, define } from "../command.ts";

/** The shells that there are completions for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** `sluice completion`. */
export const completion = define({
  name: "completion",
  summary: "print a script that completes commands, flags and values in your shell",
  description: [
    "Load it where your shell starts:",
    "bash, in ~/.bashrc: source <(sluice completion bash)",
    "zsh, in ~/.zshrc after compinit: source <(sluice completion zsh)",
    "fish: sluice completion fish > ~/.config/fish/completions/sluice.fish",
    "The script asks sluice for completions each time, so it never needs an update.",
  ],
  positionals: [{ name: "SHELL", description: "bash, zsh or fish", required: true, choices: SHELLS }],
  flags: {},
  examples: [["completion bash", "the script for bash"]],
});

/** What its handler gets. */
export type CompletionContext = ContextOf<typeof completion>;
