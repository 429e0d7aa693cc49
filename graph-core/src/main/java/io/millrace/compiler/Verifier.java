package io.millrace.compiler;

import io.millrace.compiler.passes.FunctionRules;
import io.millrace.ir.Control;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.PrimitiveVisitor;
import io.millrace.ir.Program;
import io.millrace.ir.Reduction;
import io.millrace.ir.Resource;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks that a program is well formed: each value is written once and before it is read, types
 * fit, no view leaves its operand; so are the programs inside it.
 */
public final class Verifier {
  private final Program program;

  private Verifier(Program program) {
    this.program = program;
  }

  /**
   * Does nothing if the program is well formed.
   *
   * @throws IllegalStateException naming the first instruction that is not and why
   */
  public static void verify(Program program) {
    new Verifier(program).run();
  }

  private void run() {
    Set<Value> defined = new HashSet<>();
    Set<Integer> ids = new HashSet<>();
    for (Instruction instruction : program.instructions()) {
      try {
        for (Value input : instruction.inputs()) {
          require(defined.contains(input), "%s is not defined before", input);
        }
        for (Value output : instruction.outputs()) {
          require(output.type().shape().isFullyDefined(), "%s has no exact shape", output);
          require(ids.add(output.id()), "%s is written twice", output);
          defined.add(output);
        }
        instruction.primitive().accept(new Rules(instruction));
      } catch (IllegalStateException e) {
        // Not printed in full: what is malformed may not print.
        throw new IllegalStateException(
            String.format(
                "%s, in the %s that writes %s for %s",
                e.getMessage(),
                instruction.primitive().getClass().getSimpleName(),
                instruction.outputs(),
                instruction.origin()),
            e);
      }
    }
    Set<Resource> updated = new HashSet<>();
    for (Program.Update update : program.updates()) {
      require(defined.contains(update.value()), "an update uses an undefined value %s", update);
      require(updated.add(update.resource()), "a resource is updated twice %s", update);
      require(
          update.value().type().equals(update.resource().type()),
          "an update changes the resource's type %s",
          update);
    }
    require(defined.containsAll(program.fetches()), "an undefined value is fetched");
    require(defined.containsAll(program.checks()), "an undefined value is checked");
  }

  static void require(boolean holds, String rule, Object... arguments) {
    if (!holds) {
      throw new IllegalStateException(String.format(rule, arguments));
    }
  }

  /** The rules of each primitive for one instruction. */
  private final class Rules implements PrimitiveVisitor<Boolean> {
    private final List<TensorType> inputs;
    private final List<TensorType> outputs;

    Rules(Instruction instruction) {
      inputs = instruction.inputs().stream().map(Value::type).toList();
      outputs = instruction.outputs().stream().map(Value::type).toList();
    }

    private boolean counts(int in, int out) {
      require(inputs.size() == in, "takes %d inputs", in);
      require(outputs.size() == out, "has %d outputs", out);
      return true;
    }

    private boolean source(TensorType type) {
      counts(0, 1);
      require(outputs.get(0).equals(type), "must be of type %s", type);
      return true;
    }

    @Override
    public Boolean feed(Primitive.Feed p) {
      require(p.slot() >= 0 && p.slot() < program.feeds().size(), "no such feed");
      return source(program.feeds().get(p.slot()));
    }

    @Override
    public Boolean constant(Primitive.Constant p) {
      return source(p.literal().type());
    }

    @Override
    public Boolean read(Primitive.Read p) {
      return source(p.resource().type());
    }

    @Override
    public Boolean reshape(Primitive.Reshape p) {
      counts(1, 1);
      require(
          inputs.get(0).dtype() == outputs.get(0).dtype()
              && inputs.get(0).shape().size() == outputs.get(0).shape().size(),
          "must keep element type and size");
      return true;
    }

    @Override
    public Boolean bitcast(Primitive.Bitcast p) {
      counts(1, 1);
      require(inputs.get(0).bytes() == outputs.get(0).bytes(), "must keep the bytes");
      require(
          inputs.get(0).dtype().isNumeric() && outputs.get(0).dtype().isNumeric(),
          "takes and gives numbers");
      return true;
    }

    @Override
    public Boolean map(Primitive.Map p) {
      counts(p.views().size(), p.function().results().size());
      function(p.function(), p.domain(), p.views());
      for (int i = 0; i < outputs.size(); i++) {
        require(
            outputs.get(i).equals(new TensorType(p.function().resultType(i), p.domain())),
            "output %d must have the function's result over the domain",
            i);
      }
      return true;
    }

    @Override
    public Boolean reduce(Primitive.Reduce p) {
      counts(p.views().size(), 1);
      function(p.function(), p.domain(), p.views());
      require(p.function().results().size() == 1, "reduces one result");
      require(p.kept() >= 0 && p.kept() <= p.domain().rank(), "keeps axes that are not there");
      require(
          outputs
              .get(0)
              .equals(
                  new TensorType(
                      p.reduction().resultType(p.function().resultType(0)),
                      p.domain().slice(0, p.kept()))),
          "the output must have the kept axes");
      return true;
    }

    private void function(ScalarFunction function, Shape domain, List<View> views) {
      require(function.parameters().size() == views.size(), "one parameter an operand");
      for (int i = 0; i < views.size(); i++) {
        require(
            function.parameters().get(i) == inputs.get(i).dtype(),
            "parameter %d differs in type from its operand",
            i);
        inside(views.get(i), domain, inputs.get(i).shape());
      }
      FunctionRules.verify(function, domain.rank());
    }

    private void inside(View view, Shape domain, Shape operand) {
      require(view.rank() == domain.rank(), "view %s needs one stride an axis", view);
      if (domain.size() == 0) {
        return;
      }
      long low = view.offset();
      long high = view.offset();
      for (int axis = 0; axis < view.rank(); axis++) {
        long reach = view.stride(axis) * (domain.dim(axis) - 1);
        low += Math.min(0, reach);
        high += Math.max(0, reach);
      }
      require(low >= 0 && high < operand.size(), "view %s leaves its operand %s", view, operand);
    }

    @Override
    public Boolean contract(Primitive.Contract p) {
      counts(2, 1);
      Shape a = inputs.get(0).shape();
      Shape b = inputs.get(1).shape();
      Shape c = outputs.get(0).shape();
      require(a.rank() == 3 && b.rank() == 3 && c.rank() == 3, "takes and gives three axes");
      require(
          a.dim(p.transposeA() ? 1 : 2) == b.dim(p.transposeB() ? 2 : 1), "inner extents differ");
      require(
          c.dim(1) == a.dim(p.transposeA() ? 2 : 1) && c.dim(2) == b.dim(p.transposeB() ? 1 : 2),
          "outer extents differ");
      require(
          (a.dim(0) == c.dim(0) || a.dim(0) == 1) && (b.dim(0) == c.dim(0) || b.dim(0) == 1),
          "batches differ");
      return numeric();
    }

    private boolean numeric() {
      for (TensorType input : inputs) {
        require(
            input.dtype() == outputs.get(0).dtype() && input.dtype().isNumeric(),
            "takes and gives one numeric type");
      }
      return true;
    }

    @Override
    public Boolean convolve(Primitive.Convolve p) {
      counts(2, 1);
      for (TensorType tensor : List.of(inputs.get(0), inputs.get(1), outputs.get(0))) {
        require(tensor.shape().rank() == p.axes().size() + 2, "needs an axis a window axis and 2");
      }
      return numeric();
    }

    @Override
    public Boolean pool(Primitive.Pool p) {
      boolean two =
          p.kind() == Primitive.Pool.Kind.MAX_GRADIENT
              || p.kind() == Primitive.Pool.Kind.MAX_GATHER;
      counts(two ? 2 : 1, 1);
      require(
          outputs.get(0).shape().rank() == p.axes().size() + 2,
          "needs an axis a window axis and 2");
      return numeric();
    }

    @Override
    public Boolean move(Primitive.Move p) {
      require(outputs.size() == 1, "has %d outputs", 1);
      for (Primitive.Move.Piece piece : p.pieces()) {
        require(piece.input() >= 0 && piece.input() < inputs.size(), "moves a missing input");
        TensorType input = inputs.get(piece.input());
        require(input.dtype() == outputs.get(0).dtype(), "keeps the element type");
        inside(piece.source(), piece.extent(), input.shape());
        inside(piece.target(), piece.extent(), outputs.get(0).shape());
      }
      long covered = p.pieces().stream().mapToLong(piece -> piece.extent().size()).sum();
      long size = outputs.get(0).shape().size();
      require(p.fill().isPresent() ? covered <= size : covered == size, "must cover the output");
      return true;
    }

    @Override
    public Boolean gather(Primitive.Gather p) {
      counts(2, 1);
      Shape data = inputs.get(0).shape();
      Shape indices = inputs.get(1).shape();
      TensorType output = outputs.get(0);
      require(data.rank() == 4 && indices.rank() == 2, "takes four axes and indices of two");
      requireIndices(inputs.get(1));
      require(data.dim(0) == indices.dim(0), "batches differ");
      require(
          output.shape().rank() == 4
              && output.equals(
                  inputs
                      .get(0)
                      .withShape(data.with(2, indices.dim(1)).with(3, output.shape().dim(3)))),
          "the output must have as many slices as indices");
      return true;
    }

    @Override
    public Boolean scatter(Primitive.Scatter p) {
      counts(3, 1);
      TensorType base = inputs.get(0);
      Shape indices = inputs.get(1).shape();
      require(
          base.shape().rank() == 2 && indices.rank() == 1, "takes rows and one axis of indices");
      requireIndices(inputs.get(1));
      require(
          inputs.get(2).equals(base.withShape(base.shape().with(0, indices.dim(0)))),
          "needs an update like a row of the base for each index");
      require(outputs.get(0).equals(base), "must be of type %s", base);
      require(
          p.combine().function().isEmpty() || base.dtype().isNumeric(), "combines numbers only");
      return true;
    }

    private void requireIndices(TensorType indices) {
      require(indices.dtype().isIndex(), "indices are int32 or int64");
    }

    @Override
    public Boolean sort(Primitive.Sort p) {
      counts(1, 2);
      TensorType input = inputs.get(0);
      Shape sorted = outputs.get(0).shape();
      require(input.dtype().isOrdered(), "sorts numbers only");
      require(input.shape().rank() == 2 && sorted.rank() == 2, "takes and gives rows");
      require(
          sorted.dim(0) == input.shape().dim(0) && sorted.dim(1) <= input.shape().dim(1),
          "gives no more than it takes");
      require(outputs.get(0).dtype() == input.dtype(), "keeps the element type");
      require(
          outputs.get(1).equals(new TensorType(DType.INT64, sorted)),
          "gives the position of each element as int64");
      return true;
    }

    @Override
    public Boolean scan(Primitive.Scan p) {
      counts(1, 1);
      require(inputs.get(0).shape().rank() == 3, "takes three axes");
      require(outputs.equals(inputs), "must be of type %s", inputs.get(0));
      require(
          p.reduction() == Reduction.SUM || p.reduction() == Reduction.PROD,
          "sums or multiplies only");
      return numeric();
    }

    @Override
    public Boolean random(Primitive.Random p) {
      counts(1, 1);
      require(inputs.get(0).equals(TensorType.of(DType.INT64)), "the counter is an int64 scalar");
      require(outputs.get(0).dtype() == p.dtype(), "must be of type %s", p.dtype());
      return true;
    }

    @Override
    public Boolean check(Primitive.Check p) {
      counts(Math.max(inputs.size(), 1), 1);
      TensorType bool = TensorType.of(DType.BOOL);
      require(
          inputs.get(0).equals(bool) && outputs.get(0).equals(bool),
          "takes and gives a boolean scalar");
      require(
          p.suspect().isEmpty()
              || (inputs.size() == 2 && p.suspect().get().fits(inputs.get(1).dtype())),
          "takes the elements among which the suspect is");
      return true;
    }

    @Override
    public Boolean choose(Control.Choose p) {
      new ControlRules(p, inputs, outputs).choose(p);
      return true;
    }

    @Override
    public Boolean repeat(Control.Repeat p) {
      new ControlRules(p, inputs, outputs).repeat(p);
      return true;
    }
  }
}
