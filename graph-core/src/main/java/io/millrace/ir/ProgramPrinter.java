package io.millrace.ir;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes programs and primitives as text. */
public final class ProgramPrinter {
  private ProgramPrinter() {}

  /** Returns a program as text, one instruction a line. */
  public static String print(Program program) {
    StringBuilder text = new StringBuilder();
    print(program, "  ", text);
    return text.toString();
  }

  private static void print(Program program, String indent, StringBuilder text) {
    for (Instruction instruction : program.instructions()) {
      text.append(indent).append(print(instruction)).append('\n');
      List<Program> inside = instruction.primitive().programs();
      for (int i = 0; i < inside.size(); i++) {
        text.append(indent).append("  ").append(title(instruction.primitive(), i)).append('\n');
        print(inside.get(i), indent + "    ", text);
      }
    }
    for (Program.Update update : program.updates()) {
      text.append(indent)
          .append("update ")
          .append(update.resource().name())
          .append(" = ")
          .append(update.value())
          .append('\n');
    }
    text.append(indent).append("fetch ").append(join(program.fetches())).append('\n');
  }

  /** Returns what the programs inside a primitive are called, by their positions. */
  public static String title(Primitive primitive, int program) {
    return primitive instanceof Control.Choose ? "branch " + program : "turn";
  }

  /** Returns a primitive as text, without its operands. */
  public static String print(Primitive primitive) {
    return primitive.accept(new Text());
  }

  /** Returns an instruction as text. */
  public static String print(Instruction instruction) {
    String outputs =
        instruction.outputs().stream()
            .map(v -> v + ": " + v.type())
            .collect(Collectors.joining(", "));
    return outputs
        + " = "
        + instruction.primitive().accept(new Text())
        + (instruction.inputs().isEmpty() ? "" : " of " + join(instruction.inputs()))
        + "  # "
        + instruction.origin();
  }

  private static String join(List<?> items) {
    return items.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static final class Text implements PrimitiveVisitor<String> {
    @Override
    public String feed(Primitive.Feed p) {
      return "feed " + p.slot();
    }

    @Override
    public String constant(Primitive.Constant p) {
      return "constant " + p.literal();
    }

    @Override
    public String read(Primitive.Read p) {
      return "read " + p.resource().name();
    }

    @Override
    public String reshape(Primitive.Reshape p) {
      return "reshape";
    }

    @Override
    public String bitcast(Primitive.Bitcast p) {
      return "bitcast";
    }

    @Override
    public String map(Primitive.Map p) {
      return "map {" + p.function() + "} over " + p.domain() + " views " + join(p.views());
    }

    @Override
    public String reduce(Primitive.Reduce p) {
      return lower(p.reduction())
          + " {"
          + p.function()
          + "} over "
          + p.domain()
          + " keeping "
          + p.kept()
          + " views "
          + join(p.views());
    }

    @Override
    public String contract(Primitive.Contract p) {
      return "contract" + (p.transposeA() ? " a'" : " a") + (p.transposeB() ? " b'" : " b");
    }

    @Override
    public String convolve(Primitive.Convolve p) {
      return "convolve " + lower(p.kind()) + " " + join(p.axes()) + " groups " + p.groups();
    }

    @Override
    public String pool(Primitive.Pool p) {
      return "pool " + lower(p.kind()) + " " + join(p.axes());
    }

    @Override
    public String move(Primitive.Move p) {
      return "move "
          + p.pieces().stream()
              .map(
                  piece ->
                      "input"
                          + piece.input()
                          + piece.source()
                          + "->"
                          + piece.target()
                          + Arrays.toString(piece.extent().dims()).replace(" ", ""))
              .collect(Collectors.joining(" "))
          + p.fill().map(f -> " fill " + f.asDouble()).orElse("");
    }

    @Override
    public String gather(Primitive.Gather p) {
      return "gather";
    }

    @Override
    public String scatter(Primitive.Scatter p) {
      return "scatter " + lower(p.combine());
    }

    @Override
    public String sort(Primitive.Sort p) {
      return "sort " + (p.descending() ? "descending" : "ascending");
    }

    @Override
    public String scan(Primitive.Scan p) {
      return "scan "
          + lower(p.reduction())
          + (p.exclusive() ? " exclusive" : "")
          + (p.reverse() ? " reverse" : "");
    }

    @Override
    public String random(Primitive.Random p) {
      return "random " + lower(p.distribution()) + " seeds " + p.seed() + "," + p.seed2();
    }

    @Override
    public String check(Primitive.Check p) {
      return "check \"" + p.message() + "\"";
    }

    @Override
    public String choose(Control.Choose p) {
      return "choose of " + p.branches().size() + " branches" + carrying(p);
    }

    @Override
    public String repeat(Control.Repeat p) {
      return "repeat"
          + carrying(p)
          + p.scanned().stream().map(w -> " scanning " + lower(w)).collect(Collectors.joining())
          + (p.isLimited() ? " up to " + p.capacity() + " turns" : "");
    }

    private static String carrying(Control p) {
      return p.carried().stream().map(r -> " carrying " + r.name()).collect(Collectors.joining());
    }

    private static String lower(Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT);
    }
  }
}
