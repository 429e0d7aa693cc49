package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Gives loops as few axes as they can have: drops those of extent 1 and joins neighbours that every
 * view walks as one, so that a device sees a few simple forms only.
 */
final class MergeAxes implements Pass {
  @Override
  public String name() {
    return "merge-axes";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      if (instruction.primitive() instanceof Primitive.Map map) {
        merge(instruction, Nest.of(instruction).orElseThrow(), map.domain().rank(), rewrite);
      } else if (instruction.primitive() instanceof Primitive.Reduce reduce) {
        merge(instruction, Nest.of(instruction).orElseThrow(), reduce.kept(), rewrite);
      } else if (instruction.primitive() instanceof Primitive.Move move) {
        List<Primitive.Move.Piece> pieces = move.pieces().stream().map(MergeAxes::merged).toList();
        rewrite.add(
            new Instruction(
                new Primitive.Move(pieces, move.fill()),
                instruction.inputs(),
                instruction.outputs(),
                instruction.origin()));
      } else {
        rewrite.add(instruction);
      }
    }
    return rewrite.build();
  }

  private static Primitive.Move.Piece merged(Primitive.Move.Piece piece) {
    List<View> views = List.of(piece.source(), piece.target());
    List<List<Integer>> groups = groups(piece.extent(), views, piece.extent().rank(), Set.of());
    return new Primitive.Move.Piece(
        piece.input(),
        domain(piece.extent(), groups),
        view(piece.source(), groups),
        view(piece.target(), groups));
  }

  private static void merge(Instruction instruction, Nest nest, int kept, Rewrite rewrite) {
    List<List<Integer>> groups = groups(nest.domain(), nest.views(), kept, nest.indexed());
    if (groups.size() == nest.domain().rank()) {
      rewrite.add(instruction);
      return;
    }
    Shape domain = domain(nest.domain(), groups);
    NestBuilder builder = new NestBuilder(domain);
    List<FunctionCopy.Item> arguments = new ArrayList<>();
    for (int i = 0; i < nest.operands().size(); i++) {
      arguments.add(builder.operand(nest.operands().get(i), view(nest.views().get(i), groups)));
    }
    Nest smaller =
        builder.build(
            builder.copy(nest.function(), arguments, axis -> index(axis, groups, builder)));
    int keptGroups = (int) groups.stream().filter(g -> g.get(0) < kept).count();
    Shape shape = domain.slice(0, keptGroups);
    List<Value> made = new ArrayList<>();
    for (Value output : instruction.outputs()) {
      made.add(
          output.type().shape().equals(shape)
              ? output
              : rewrite.fresh(output.type().withShape(shape)));
    }
    Primitive primitive =
        instruction.primitive() instanceof Primitive.Reduce reduce
            ? new Primitive.Reduce(
                reduce.reduction(), smaller.function(), domain, keptGroups, smaller.views())
            : new Primitive.Map(smaller.function(), domain, smaller.views());
    rewrite.add(new Instruction(primitive, smaller.operands(), made, instruction.origin()));
    for (int i = 0; i < made.size(); i++) {
      Value output = instruction.outputs().get(i);
      if (!made.get(i).equals(output)) {
        rewrite.replaceReshaped(output, made.get(i), instruction.origin());
      }
    }
  }

  /** Returns the new place of an axis that the function asks for; one of extent 1 is always 0. */
  private static FunctionCopy.Item index(
      int axis, List<List<Integer>> groups, NestBuilder builder) {
    int group = groups.indexOf(List.of(axis));
    return group >= 0
        ? builder.index(group)
        : FunctionCopy.Item.of(builder.scalars(), new ScalarFunction.Constant(DType.INT64, 0));
  }

  /** Returns the axes that remain, each as the neighbours that it is made of. */
  private static List<List<Integer>> groups(
      Shape domain, List<View> views, int kept, Set<Integer> indexed) {
    List<List<Integer>> groups = new ArrayList<>();
    for (int axis = 0; axis < domain.rank(); axis++) {
      if (domain.dim(axis) == 1) {
        continue;
      }
      List<Integer> last = groups.isEmpty() ? List.of() : groups.get(groups.size() - 1);
      if (!last.isEmpty()
          && canJoin(last.get(last.size() - 1), axis, domain, views, kept, indexed)) {
        last.add(axis);
      } else {
        groups.add(new ArrayList<>(List.of(axis)));
      }
    }
    return groups;
  }

  private static boolean canJoin(
      int outer, int inner, Shape domain, List<View> views, int kept, Set<Integer> indexed) {
    return (outer < kept) == (inner < kept)
        && !indexed.contains(outer)
        && !indexed.contains(inner)
        && views.stream().allMatch(v -> v.stride(outer) == v.stride(inner) * domain.dim(inner));
  }

  private static Shape domain(Shape domain, List<List<Integer>> groups) {
    return Shape.of(
        groups.stream()
            .mapToLong(g -> g.stream().mapToLong(domain::dim).reduce(1, (a, b) -> a * b))
            .toArray());
  }

  private static View view(View view, List<List<Integer>> groups) {
    long[] strides = new long[groups.size()];
    Arrays.setAll(strides, i -> view.stride(groups.get(i).get(groups.get(i).size() - 1)));
    return View.of(view.offset(), strides);
  }
}
