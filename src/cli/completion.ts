import { EXIT } from "./command.ts";
import { type CompletionContext, SHELLS } from "./definitions/completion.ts";
import { installed } from "./installation.ts";
import { usage } from "./parse.ts";
import { suggest } from "./suggest.ts";

/** Carries out `sluice completion`. */
export function runCompletion({ positionals: [name], stdout }: CompletionContext): Promise<number> {
  const shell = SHELLS.find((one) => one === name);
  if (shell === undefined) throw noShell(name);
  // Not the sluice that stands on the command line: Tab must not run a program that nobody has started yet.
  stdout.write(SCRIPTS[shell](installed("bin", "sluice")));
  return Promise.resolve(EXIT.ok);
}

function noShell(name: string | undefined): Error {
  const choose = `Name one of ${SHELLS.join(", ")}.`;
  if (name === undefined) return usage("sluice completion needs a shell", choose);
  const near = suggest(name, SHELLS);
  return usage(`there is no completion for "${name}"`, near ? `Did you mean ${near}? ${choose}` : choose);
}

/** Each asks `sluice complete` with the words up to the cursor; `completion-words.ts` has what it answers. */
const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (program: string) => string>> = {
  bash: (program) => `# bash completion for sluice: source <(sluice completion bash)
_sluice() {
  local line current=\${COMP_WORDS[COMP_CWORD]}
  [ "$current" = "=" ] && current=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files | :folders)
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(
          if [ "$line" = :files ]; then compgen -f -- "$current"; else compgen -d -- "$current"; fi
        )
        ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(${shQuoted(program)} complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _sluice sluice
`,
  zsh: (program) => `#compdef sluice
# zsh completion for sluice, after compinit: source <(sluice completion zsh)
_sluice() {
  local line
  local -a found
  while IFS= read -r line; do
    case $line in
      :files) compset -P '--*='; _files; return ;;
      :folders) compset -P '--*='; _files -/; return ;;
      *) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done < <(${shQuoted(program)} complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  _describe sluice found
}
if [ "$funcstack[1]" = _sluice ]; then _sluice "$@"; else compdef _sluice sluice; fi
`,
  fish: (program) => `# fish completion for sluice: sluice completion fish > ~/.config/fish/completions/sluice.fish
function __sluice_complete
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  for line in (${fishQuoted(program)} complete -- $words "$current" 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path "$current"
      case :folders
        __fish_complete_directories "$current"
      case '*'
        echo $line
    end
  end
end
complete -c sluice -f -a '(__sluice_complete)'
`,
};

function shQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
