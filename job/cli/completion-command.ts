/** `completion`: prints a script for bash and zsh that completes commands and flags; it calls the program for the words. */
import type { Command } from "./io.ts";

const SCRIPT = `# Completion of prophet-autoscaler for bash and zsh: source <(prophet-autoscaler completion)
if [ -n "$ZSH_VERSION" ]; then
  _prophet_autoscaler() {
    local -a reply
    reply=("\${(@f)$(SHELL=zsh prophet-autoscaler --get-yargs-completions "\${words[@]}")}")
    _describe values reply || _files
  }
  compdef _prophet_autoscaler prophet-autoscaler
else
  _prophet_autoscaler() {
    local words
    words="$(SHELL=bash prophet-autoscaler --get-yargs-completions "\${COMP_WORDS[@]}")"
    COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  }
  complete -o bashdefault -o default -F _prophet_autoscaler prophet-autoscaler
fi
`;

/** Prints the script. */
export const completionCommand: Command = async (_flags, io) => {
  io.out(SCRIPT);
  return 0;
};
