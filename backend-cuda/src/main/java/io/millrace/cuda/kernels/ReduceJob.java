package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.AccumulatorSource;
import io.millrace.cuda.loops.LoopNest;
import io.millrace.cuda.loops.ScalarSource;
import io.millrace.ir.Reduction;
import io.millrace.ir.ScalarFunction;
import io.millrace.type.DType;
import java.util.List;
import java.util.Locale;

/**
 * A reduction over loops that turn at least once.
 *
 * @param nest the loops; those that are not {@code kept} are reduced
 * @param inputs where the operands' tensors are
 * @param result the type of the output's elements
 * @param output where the output is
 */
record ReduceJob(
    StepContext context,
    Reduction reduction,
    ScalarFunction function,
    LoopNest nest,
    List<Address> inputs,
    DType result,
    Address output) {

  /** Parts of this much work at least are worth a block of their own, in elements a thread. */
  private static final long LEAST = 32;

  /** More blocks than this do not make it faster. */
  private static final long BLOCKS_PER_MULTIPROCESSOR = 8;

  private static final long MOST_PARTS = 1024;

  /** Returns how many results there are. */
  long rows() {
    return nest.size(0, nest.kept());
  }

  /** Returns how many elements each result combines. */
  long length() {
    return nest.size(nest.kept(), nest.rank());
  }

  AccumulatorSource accumulator() {
    return new AccumulatorSource(reduction, function.resultType(0));
  }

  /** Returns a kernel's name that tells what is reduced in which way. */
  String name(String how) {
    return ScalarSource.name(reduction.name().toLowerCase(Locale.ROOT) + "_" + how, function);
  }

  /** Returns whether more blocks than these would make it faster. */
  boolean isIdle(long blocks) {
    return blocks < mostBlocks();
  }

  private long mostBlocks() {
    return context.target().multiprocessors() * BLOCKS_PER_MULTIPROCESSOR;
  }

  /**
   * Returns into how many parts to divide each result's elements, each for a block of its own.
   *
   * @param blocks those there are if nothing is divided
   * @param turn the elements that the threads of a block take at once
   */
  long parts(long blocks, long turn) {
    long wanted = mostBlocks() / blocks;
    return Math.max(1, Math.min(Math.min(wanted, MOST_PARTS), length() / (turn * LEAST)));
  }

  /** What parts leave to be combined, one place a part, those of a result side by side. */
  record Parts(long count, long length, Address values, Address places) {}

  /**
   * Returns where parts leave what they have.
   *
   * @param multiple of which a part's length must be one
   */
  Parts divided(long parts, long multiple) {
    long each = (length() + parts - 1) / parts;
    long rounded = (each + multiple - 1) / multiple * multiple;
    long count = (length() + rounded - 1) / rounded;
    if (count == 1) {
      return new Parts(1, length(), output, output);
    }
    Address values = context.scratch(rows() * count * accumulator().held().bytes());
    Address places = reduction.isPosition() ? context.scratch(rows() * count * Long.BYTES) : values;
    return new Parts(count, rounded, values, places);
  }
}
