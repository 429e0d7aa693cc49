package io.millrace.cpu.device;

import io.millrace.cpu.kernels.CheckKernel;
import io.millrace.cpu.kernels.ChooseKernel;
import io.millrace.cpu.kernels.ContractionKernels;
import io.millrace.cpu.kernels.ConvolutionKernels;
import io.millrace.cpu.kernels.GatherKernel;
import io.millrace.cpu.kernels.MapKernel;
import io.millrace.cpu.kernels.MoveKernel;
import io.millrace.cpu.kernels.PoolingKernels;
import io.millrace.cpu.kernels.RandomKernels;
import io.millrace.cpu.kernels.ReduceKernels;
import io.millrace.cpu.kernels.RepeatKernel;
import io.millrace.cpu.kernels.ScanKernel;
import io.millrace.cpu.kernels.ScatterKernel;
import io.millrace.cpu.kernels.SortKernel;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.Kernel;
import io.millrace.ir.Control;
import io.millrace.ir.Primitive;
import io.millrace.spi.Body;
import io.millrace.spi.Holders;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.spi.StepVisitor;
import java.util.List;

/** Makes the kernel of one step. */
public final class KernelFactory extends StepVisitor<Kernel> {
  private final Step step;
  private final List<Place> rows;
  private final Spans spans;

  private KernelFactory(Step step, List<Place> rows, Spans spans) {
    super(step);
    this.step = step;
    this.rows = rows;
    this.spans = spans;
  }

  /**
   * Returns the kernel of a step.
   *
   * @param rows memory for the rows of the step's plan
   */
  public static Kernel of(Step step, List<Place> rows) {
    return new KernelFactory(step, rows, Spans.shared()).visit();
  }

  /** Returns the kernel of a step without programs inside, whose loops come from {@code spans}. */
  public static Kernel of(Step step, Spans spans) {
    return new KernelFactory(step, List.of(), spans).visit();
  }

  private Kernel[] inside(Body body) {
    return body.steps().stream()
        .map(s -> Holders.making(s, () -> new KernelFactory(s, rows, spans).visit()))
        .toArray(Kernel[]::new);
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

  @Override
  public Kernel choose(Control.Choose primitive) {
    return new ChooseKernel(
        step, primitive, step.bodies().stream().map(this::inside).toArray(Kernel[][]::new));
  }

  @Override
  public Kernel repeat(Control.Repeat primitive) {
    return new RepeatKernel(step, primitive, inside(step.bodies().get(0)), rows);
  }
}
