package io.millrace.cuda.loops;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;

/**
 * The parts that kernels have in common which copy elements from somewhere to somewhere.
 *
 * <p>Only the number of bytes of what is copied matters, so elements are unsigned integers, and
 * several neighbours are copied as one {@linkplain #type unit} where that is possible.
 */
public final class CopyLoop {
  /** The bytes of the largest unit. */
  public static final int LARGEST = 16;

  public static final int THREADS = 256;

  /** Units that a thread has under way together, to hide the time that memory takes. */
  private static final int EACH = 4;

  private static final int BLOCKS_PER_MULTIPROCESSOR = 16;
  private static final long WIDE = 1L << 30;

  private CopyLoop() {}

  /** Returns the C++ type of a unit of 1, 2, 4, 8 or 16 bytes. */
  public static String type(int bytes) {
    return switch (bytes) {
      case 1 -> "u8";
      case 2 -> "unsigned short";
      case 4 -> "u32";
      case 8 -> "u64";
      case LARGEST -> "uint4";
      default -> throw new IllegalArgumentException(bytes + " bytes");
    };
  }

  /** Returns the bytes of the largest unit in which all these bytes can be counted. */
  public static int unit(long... bytes) {
    long all = LARGEST;
    for (long count : bytes) {
      all |= count;
    }
    return (int) Long.lowestOneBit(all);
  }

  /** Returns whether counts or positions up to these need 64 bits. */
  public static boolean isWide(long... counts) {
    for (long count : counts) {
      if (count >= WIDE) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns a loop over the units {@code i} from 0 to {@code count}, which stores them in {@code
   * target}.
   *
   * @param read statements that set {@code value[k]} to unit {@code i}, of this many bytes, and
   *     {@code at[k]} to its position in the target
   */
  public static String over(int unit, String read) {
    return """
      for (index_t first = (index_t)blockIdx.x * EACH_BLOCK + threadIdx.x; first < count;
           first += (index_t)gridDim.x * EACH_BLOCK) {
        UNIT value[EACH];
        index_t at[EACH];
    #pragma unroll
        for (int k = 0; k < EACH; k++) {
          index_t i = first + k * THREADS;
          if (i < count) {
    READ      }
        }
    #pragma unroll
        for (int k = 0; k < EACH; k++) {
          if (first + k * THREADS < count) target[at[k]] = value[k];
        }
      }
    """
        .replace("EACH_BLOCK", Integer.toString(EACH * THREADS))
        .replace("UNIT", type(unit))
        .replace("EACH", Integer.toString(EACH))
        .replace("THREADS", Integer.toString(THREADS))
        .replace("READ", read.indent(8));
  }

  /** Returns the launch of a kernel with such a loop. */
  public static Launch launch(StepContext context, LaunchBuilder kernel, long count) {
    return kernel.joinable().grid(blocks(context, count, EACH * THREADS), 1, THREADS);
  }

  /** Adds the launch of a kernel of which each thread does one unit of work, and then others. */
  public static void addStriding(StepContext context, LaunchBuilder kernel, long count) {
    context.add(kernel.grid(blocks(context, count, THREADS), 1, THREADS));
  }

  /** Returns how many blocks share this much work; some do more than one part. */
  public static long blocks(StepContext context, long count, long each) {
    return Math.min(
        (count + each - 1) / each,
        (long) context.target().multiprocessors() * BLOCKS_PER_MULTIPROCESSOR);
  }

  /** Returns the copy of so many bytes that follow each other. */
  public static Launch run(StepContext context, Address from, Address to, long bytes) {
    int unit = unit(from.offset() - to.offset());
    long head = Math.min(bytes, Math.floorMod(-to.offset(), (long) unit));
    long count = (bytes - head) / unit;
    // The bytes before the first and after the last whole unit are copied one by one.
    long tail = bytes - head - count * unit;
    LaunchBuilder kernel =
        context
            .kernel("copy_run_" + unit)
            .wide(isWide(count))
            .in("u8", "from", from)
            .out("u8", "to", to)
            .int32("head", (int) head)
            .index("count", count)
            .int32("tail", (int) tail)
            .body(
                """
                  const UNIT* source = (const UNIT*)(from + head);
                  UNIT* target = (UNIT*)(to + head);
                  if (blockIdx.x == 0 && threadIdx.x < head) to[threadIdx.x] = from[threadIdx.x];
                  if (blockIdx.x == 0 && threadIdx.x < tail) {
                    ((u8*)(target + count))[threadIdx.x] =
                        ((const u8*)(source + count))[threadIdx.x];
                  }
                """
                    .replace("UNIT", type(unit)))
            .body(over(unit, "value[k] = source[i];\nat[k] = i;"));
    return launch(context, kernel, count);
  }
}
