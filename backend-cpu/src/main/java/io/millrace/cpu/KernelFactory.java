package io.millrace.cpu;

import io.millrace.ir.Primitive;
import io.millrace.spi.Step;

/** Makes the kernel of one step. */
final class KernelFactory implements Primitive.Visitor<Kernel> {
  private final Step step;
  private final Spans spans;

  private KernelFactory(Step step, Spans spans) {
    this.step = step;
    this.spans = spans;
  }

  /** Returns the kernel of a step. */
  static Kernel of(Step step) {
    return of(step, Spans.shared());
  }

  /** Returns the kernel of a step whose loops come from {@code spans}. */
  static Kernel of(Step step, Spans spans) {
    return step.primitive().accept(new KernelFactory(step, spans));
  }

  @Override
  public Kernel feed(Primitive.Feed primitive) {
    throw onlyPlace();
  }

  @Override
  public Kernel constant(Primitive.Constant primitive) {
    throw onlyPlace();
  }

  @Override
  public Kernel read(Primitive.Read primitive) {
    throw onlyPlace();
  }

  @Override
  public Kernel reshape(Primitive.Reshape primitive) {
    throw onlyPlace();
  }

  @Override
  public Kernel bitcast(Primitive.Bitcast primitive) {
    throw onlyPlace();
  }

  private IllegalArgumentException onlyPlace() {
    return new IllegalArgumentException(step + " names a place and is not a step");
  }

  @Override
  public Kernel map(Primitive.Map primitive) {
    return new MapKernel(step, primitive, spans);
  }

  @Override
  public Kernel reduce(Primitive.Reduce primitive) {
    return ReduceKernels.of(step, primitive, spans);
  }

  @Override
  public Kernel contract(Primitive.Contract primitive) {
    return ContractionKernels.of(step);
  }

  @Override
  public Kernel convolve(Primitive.Convolve primitive) {
    return ConvolutionKernels.of(step);
  }

  @Override
  public Kernel pool(Primitive.Pool primitive) {
    return PoolingKernels.of(step);
  }

  @Override
  public Kernel move(Primitive.Move primitive) {
    return new MoveKernel(step, primitive);
  }

  @Override
  public Kernel gather(Primitive.Gather primitive) {
    return new GatherKernel(step);
  }

  @Override
  public Kernel scatter(Primitive.Scatter primitive) {
    return new ScatterKernel(step, primitive, spans);
  }

  @Override
  public Kernel sort(Primitive.Sort primitive) {
    return new SortKernel(step, primitive);
  }

  @Override
  public Kernel scan(Primitive.Scan primitive) {
    return new ScanKernel(step, primitive, spans);
  }

  @Override
  public Kernel random(Primitive.Random primitive) {
    return RandomKernels.of(step);
  }

  @Override
  public Kernel check(Primitive.Check primitive) {
    return new CheckKernel(step, primitive);
  }
}
