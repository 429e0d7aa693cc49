package io.millrace.ir;

import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Comparator;
import java.util.List;

/**
 * Estimates the work of primitives on tensors of these types.
 *
 * <p>Each element that is read counts once, however often it is, and what only says where a tensor
 * is costs nothing. A loop costs what one of its turns does, a choice what its costliest branch
 * does.
 */
final class CostVisitor implements PrimitiveVisitor<Cost> {
  private final List<TensorType> inputs;
  private final List<TensorType> outputs;

  CostVisitor(List<TensorType> inputs, List<TensorType> outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  private static long bytes(List<TensorType> types) {
    return types.stream().mapToLong(TensorType::bytes).sum();
  }

  /** Returns the cost of so many operations on all elements of all inputs. */
  private Cost all(long flops) {
    return new Cost(flops, bytes(inputs), bytes(outputs));
  }

  private Cost nest(Primitive.LoopNest nest, long flopsPerPoint) {
    long points = nest.domain().size();
    long read =
        inputs.stream()
            .mapToLong(i -> Math.min(i.shape().size(), points) * i.dtype().bytes())
            .sum();
    return new Cost(points * flopsPerPoint, read, bytes(outputs));
  }

  @Override
  public Cost feed(Primitive.Feed primitive) {
    return Cost.NOTHING;
  }

  @Override
  public Cost constant(Primitive.Constant primitive) {
    return Cost.NOTHING;
  }

  @Override
  public Cost read(Primitive.Read primitive) {
    return Cost.NOTHING;
  }

  @Override
  public Cost reshape(Primitive.Reshape primitive) {
    return Cost.NOTHING;
  }

  @Override
  public Cost bitcast(Primitive.Bitcast primitive) {
    return Cost.NOTHING;
  }

  @Override
  public Cost map(Primitive.Map map) {
    return nest(map, map.function().operations());
  }

  @Override
  public Cost reduce(Primitive.Reduce reduce) {
    return nest(reduce, reduce.function().operations() + 1);
  }

  @Override
  public Cost contract(Primitive.Contract contract) {
    long depth = inputs.get(0).shape().dim(contract.transposeA() ? 1 : 2);
    return all(2 * outputs.get(0).shape().size() * depth);
  }

  @Override
  public Cost convolve(Primitive.Convolve convolve) {
    Shape filter = convolve.kind().filter(inputs, outputs.get(0)).shape();
    Shape result = convolve.kind().result(inputs, outputs.get(0)).shape();
    return all(2 * filter.size() * result.size() / Math.max(1, result.dim(-1)));
  }

  @Override
  public Cost pool(Primitive.Pool pool) {
    return all(0);
  }

  @Override
  public Cost move(Primitive.Move move) {
    long elements = move.pieces().stream().mapToLong(p -> p.extent().size()).sum();
    return new Cost(0, elements * outputs.get(0).dtype().bytes(), bytes(outputs));
  }

  @Override
  public Cost gather(Primitive.Gather gather) {
    return new Cost(0, inputs.get(1).bytes() + bytes(outputs), bytes(outputs));
  }

  @Override
  public Cost scatter(Primitive.Scatter scatter) {
    return all(scatter.combine().function().isEmpty() ? 0 : inputs.get(2).shape().size());
  }

  @Override
  public Cost sort(Primitive.Sort sort) {
    return all(0);
  }

  @Override
  public Cost scan(Primitive.Scan scan) {
    return all(outputs.get(0).shape().size());
  }

  @Override
  public Cost random(Primitive.Random random) {
    return all(0);
  }

  @Override
  public Cost check(Primitive.Check check) {
    return all(0);
  }

  @Override
  public Cost choose(Control.Choose choose) {
    return choose.branches().stream()
        .map(Program::cost)
        .max(Comparator.comparingLong(c -> c.flops() + c.read() + c.written()))
        .orElse(Cost.NOTHING);
  }

  @Override
  public Cost repeat(Control.Repeat repeat) {
    return repeat.turn().cost();
  }
}
