package io.millrace.cuda;

import io.millrace.ir.Primitive;
import org.jspecify.annotations.Nullable;

/** Adds the commands of one step to its context. */
final class CommandFactory implements Primitive.Visitor<@Nullable Void> {
  private final StepContext context;

  private CommandFactory(StepContext context) {
    this.context = context;
  }

  /** Makes the commands of the context's step. */
  static void make(StepContext context) {
    context.step().primitive().accept(new CommandFactory(context));
  }

  @Override
  public @Nullable Void feed(Primitive.Feed primitive) {
    throw onlyPlace();
  }

  @Override
  public @Nullable Void constant(Primitive.Constant primitive) {
    throw onlyPlace();
  }

  @Override
  public @Nullable Void read(Primitive.Read primitive) {
    throw onlyPlace();
  }

  @Override
  public @Nullable Void reshape(Primitive.Reshape primitive) {
    throw onlyPlace();
  }

  @Override
  public @Nullable Void bitcast(Primitive.Bitcast primitive) {
    throw onlyPlace();
  }

  private IllegalArgumentException onlyPlace() {
    return new IllegalArgumentException(context.step() + " names a place and is not a step");
  }

  @Override
  public @Nullable Void map(Primitive.Map primitive) {
    MapCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void reduce(Primitive.Reduce primitive) {
    ReduceCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void contract(Primitive.Contract primitive) {
    ContractCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void convolve(Primitive.Convolve primitive) {
    ConvolveCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void pool(Primitive.Pool primitive) {
    PoolCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void move(Primitive.Move primitive) {
    MoveCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void gather(Primitive.Gather primitive) {
    GatherCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void scatter(Primitive.Scatter primitive) {
    ScatterCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void sort(Primitive.Sort primitive) {
    SortCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void scan(Primitive.Scan primitive) {
    ScanCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void random(Primitive.Random primitive) {
    RandomCommands.add(context, primitive);
    return null;
  }

  @Override
  public @Nullable Void check(Primitive.Check primitive) {
    CheckCommands.add(context, primitive);
    return null;
  }
}
