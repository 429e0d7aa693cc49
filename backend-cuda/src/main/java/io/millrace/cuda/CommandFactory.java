package io.millrace.cuda;

import io.millrace.ir.Primitive;
import io.millrace.spi.StepVisitor;

/** Adds the commands of one step to its context. */
final class CommandFactory extends StepVisitor<StepContext> {
  private final StepContext context;

  private CommandFactory(StepContext context) {
    super(context.step());
    this.context = context;
  }

  /** Makes the commands of the context's step. */
  static void make(StepContext context) {
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
}
