package io.millrace.cuda.program;

import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.kernels.CheckCommands;
import io.millrace.cuda.kernels.ContractCommands;
import io.millrace.cuda.kernels.ControlCommands;
import io.millrace.cuda.kernels.ConvolveCommands;
import io.millrace.cuda.kernels.GatherCommands;
import io.millrace.cuda.kernels.MapCommands;
import io.millrace.cuda.kernels.MoveCommands;
import io.millrace.cuda.kernels.PoolCommands;
import io.millrace.cuda.kernels.RandomCommands;
import io.millrace.cuda.kernels.ReduceCommands;
import io.millrace.cuda.kernels.ScanCommands;
import io.millrace.cuda.kernels.ScatterCommands;
import io.millrace.cuda.kernels.SortCommands;
import io.millrace.ir.Control;
import io.millrace.ir.Primitive;
import io.millrace.spi.StepVisitor;

/** Adds the commands of one step to its context. */
public final class CommandFactory extends StepVisitor<StepContext> {
  private final StepContext context;

  private CommandFactory(StepContext context) {
    super(context.step());
    this.context = context;
  }

  /** Makes the commands of the context's step. */
  public static void make(StepContext context) {
    new CommandFactory(context).visit();
  }

  @Override
  public StepContext map(Primitive.Map primitive) {
    MapCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext reduce(Primitive.Reduce primitive) {
    ReduceCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext contract(Primitive.Contract primitive) {
    ContractCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext convolve(Primitive.Convolve primitive) {
    ConvolveCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext pool(Primitive.Pool primitive) {
    PoolCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext move(Primitive.Move primitive) {
    MoveCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext gather(Primitive.Gather primitive) {
    GatherCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext scatter(Primitive.Scatter primitive) {
    ScatterCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext sort(Primitive.Sort primitive) {
    SortCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext scan(Primitive.Scan primitive) {
    ScanCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext random(Primitive.Random primitive) {
    RandomCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext check(Primitive.Check primitive) {
    CheckCommands.add(context, primitive);
    return context;
  }

  @Override
  public StepContext choose(Control.Choose primitive) {
    ControlCommands.begin(context, primitive);
    return context;
  }

  @Override
  public StepContext repeat(Control.Repeat primitive) {
    ControlCommands.begin(context, primitive);
    return context;
  }
}
