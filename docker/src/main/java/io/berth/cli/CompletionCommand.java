package io.berth.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Print a script that lets bash and zsh complete the words of this command.",
    synopsisHeading = "Usage:  ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    customSynopsis = "berth completion",
    footer = {"", "Use it with: source <(berth completion)"})
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--help", usageHelp = true, description = "Show this help")
  private boolean help;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    Groups.addTo(root);
    ((BerthCommand) spec.root().userObject())
        .session()
        .console()
        .out()
        .println(AutoComplete.bash("berth", root));
    return 0;
  }
}
