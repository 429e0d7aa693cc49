package io.millrace.cpu.device;

import io.millrace.cpu.kernels.CheckKernel;
import io.millrace.cpu.kernels.ContractionKernels;
import io.millrace.cpu.kernels.ConvolutionKernels;
import io.millrace.cpu.kernels.GatherKernel;
import io.millrace.cpu.kernels.MapKernel;
import io.millrace.cpu.kernels.MoveKernel;
import io.millrace.cpu.kernels.PoolingKernels;
import io.millrace.cpu.kernels.RandomKernels;
import io.millrace.cpu.kernels.ReduceKernels;
import io.millrace.cpu.kernels.ScanKernel;
import io.millrace.cpu.kernels.ScatterKernel;
import io.millrace.cpu.kernels.SortKernel;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.Kernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.Step;
import io.millrace.spi.StepVisitor;

/** Makes the kernel of one step. */
public final class KernelFactory extends StepVisitor<Kernel> {
  private final Step step;
  private final Spans spans;

  private KernelFactory(Step step, Spans spans) {
    super(step);
    this.step = step;
    this.spans = spans;
  }

  /** Returns the kernel of a step. */
  public static Kernel of(Step step) {
    return of(step, Spans.shared());
  }

  /** Returns the kernel of a step whose loops come from {@code spans}. */
  public static Kernel of(Step step, Spans spans) {
    return new KernelFactory(step, spans).visit();
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
