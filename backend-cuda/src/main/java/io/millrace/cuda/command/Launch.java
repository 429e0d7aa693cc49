package io.millrace.cuda.command;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The launch of a kernel.
 *
 * @param blocksX blocks along x, at least 1
 * @param blocksY blocks along y, 1 to 65,535
 * @param threads threads of a block along x, a multiple of 32 up to 1024
 * @param arguments in the order of the kernel's parameters
 * @param joinable what to make a kernel of that does the work of several such launches; absent if
 *     there is none
 */
public record Launch(
    KernelSource source,
    int blocksX,
    int blocksY,
    int threads,
    List<Argument> arguments,
    Optional<KernelText> joinable)
    implements Command {
  public Launch {
    arguments = List.copyOf(arguments);
  }

  @Override
  public void accept(Visitor visitor) {
    visitor.launch(this);
  }

  @Override
  public String toString() {
    return source.name()
        + "<<<"
        + blocksX
        + (blocksY == 1 ? "" : " x " + blocksY)
        + ", "
        + threads
        + ">>>"
        + arguments.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
  }
}
