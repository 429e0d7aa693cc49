package io.millrace.ir;

/**
 * Handles each primitive; a backend is one of these.
 *
 * @param <R> what handling a primitive gives
 */
public interface PrimitiveVisitor<R> {
  R feed(Primitive.Feed primitive);

  R constant(Primitive.Constant primitive);

  R read(Primitive.Read primitive);

  R reshape(Primitive.Reshape primitive);

  R bitcast(Primitive.Bitcast primitive);

  R map(Primitive.Map primitive);

  R reduce(Primitive.Reduce primitive);

  R contract(Primitive.Contract primitive);

  R convolve(Primitive.Convolve primitive);

  R pool(Primitive.Pool primitive);

  R move(Primitive.Move primitive);

  R gather(Primitive.Gather primitive);

  R scatter(Primitive.Scatter primitive);

  R sort(Primitive.Sort primitive);

  R scan(Primitive.Scan primitive);

  R random(Primitive.Random primitive);

  R check(Primitive.Check primitive);

  R choose(Control.Choose primitive);

  R repeat(Control.Repeat primitive);
}
