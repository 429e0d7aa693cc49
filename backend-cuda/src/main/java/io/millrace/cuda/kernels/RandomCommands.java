package io.millrace.cuda.kernels;

import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.StepContext;
import io.millrace.ir.Primitive;
import io.millrace.spi.Philox;
import io.millrace.type.DType;
import java.util.Locale;

/**
 * Makes the commands of Random: one kernel, each thread of which makes the numbers of one block.
 *
 * <p>The numbers are those that {@link Philox} describes. Like there, logarithm, sine and cosine
 * are double's, rounded, so that float numbers agree with the other devices' almost always.
 */
public final class RandomCommands {
  private static final int THREADS = 256;

  private static final String PHILOX =
      """
      struct Block {
        u32 v[4];
      };
      __device__ inline Block philox(long long seed, long long seed2, long long index) {
        u32 c0 = (u32)index, c1 = (u32)((u64)index >> 32);
        u32 c2 = (u32)seed2, c3 = (u32)((u64)seed2 >> 32);
        u32 k0 = (u32)seed, k1 = (u32)((u64)seed >> 32);
        #pragma unroll
        for (int round = 0; round < 10; round++) {
          u32 high0 = __umulhi(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
          u32 high2 = __umulhi(0xCD9E8D57u, c2), low2 = 0xCD9E8D57u * c2;
          c0 = high2 ^ c1 ^ k0;
          c1 = low2;
          c2 = high0 ^ c3 ^ k1;
          c3 = low0;
          k0 += 0x9E3779B9u;
          k1 += 0xBB67AE85u;
        }
        return {{c0, c1, c2, c3}};
      }
      __device__ inline float unit(u32 bits) {
        return __uint_as_float((bits & 0x7FFFFFu) | 0x3F800000u) - 1;
      }
      __device__ inline double unit(u32 high, u32 low) {
        u64 mantissa = (u64)(high & 0xFFFFFu) << 32 | low;
        return __longlong_as_double((long long)(mantissa | 0x3FF0000000000000ull)) - 1;
      }
      """;

  private static final String NORMAL =
      """
      __device__ inline void normal(u32 bits, u32 bits2, float& first, float& second) {
        float u = unit(bits);
        u = u > 1.0e-7f ? u : 1.0e-7f;
        double angle = (float)(2 * 3.141592653589793 * unit(bits2));
        float radius = (float)sqrt((double)(-2 * (float)log((double)u)));
        first = (float)sin(angle) * radius;
        second = (float)cos(angle) * radius;
      }
      __device__ inline void normal(const Block& b, double& first, double& second) {
        double u = unit(b.v[0], b.v[1]);
        u = u > 1.0e-7 ? u : 1.0e-7;
        double angle = 2 * 3.141592653589793 * unit(b.v[2], b.v[3]);
        double radius = sqrt(-2 * log(u));
        first = sin(angle) * radius;
        second = cos(angle) * radius;
      }
      """;

  private static final String TRUNCATED =
      """
      __device__ inline bool near(float x) { return fabsf(x) < 2; }
      __device__ inline bool near(double x) { return fabs(x) < 2; }
      // The next number found goes to the next of n; a choice, as indices that vary cost memory.
      template <class T> __device__ inline void keep(T* numbers, int& found, int n, T x) {
        if (!near(x)) return;
        #pragma unroll
        for (int i = 0; i < n; i++) {
          if (i == found) numbers[i] = x;
        }
        found++;
      }
      """;

  private RandomCommands() {}

  public static void add(StepContext context, Primitive.Random primitive) {
    long size = context.step().output().type().shape().size();
    if (size == 0) {
      return;
    }
    boolean wide = primitive.dtype().bytes() == 8;
    int each = wide ? 2 : 4;
    Primitive.Random.Distribution distribution = primitive.distribution();
    String type = CudaTypes.of(primitive.dtype());
    boolean bits = distribution == Primitive.Random.Distribution.BITS;
    boolean redraws = distribution == Primitive.Random.Distribution.TRUNCATED_NORMAL;
    context.add(
        context
            .kernel(
                "random_" + distribution.name().toLowerCase(Locale.ROOT) + "_" + primitive.dtype())
            .wide(size >= 1L << 30)
            .in("long long", "counter", context.input(0))
            .out(type, "out", context.output(0))
            .index("size", size)
            .int64("seed", primitive.seed())
            .int64("seed2", primitive.seed2())
            .declare(PHILOX)
            .declare(bits ? "" : NORMAL)
            .declare(redraws ? TRUNCATED : "")
            .declare("using Numbers = Pack<" + type + ", " + each + ">;\n")
            .body(
                """
                  index_t first = thread() * %1$d;
                  if (first >= size) return;
                  Numbers numbers;
                  long long block = counter[0] + thread()%2$s;
                %3$s  if (first + %1$d <= size) {
                    *(Numbers*)(out + first) = numbers;
                  } else {
                    #pragma unroll
                    for (int i = 0; i < %1$d - 1; i++) {
                      if (first + i < size) out[first + i] = numbers.v[i];
                    }
                  }
                """
                    .formatted(
                        each,
                        redraws ? " * (long long)" + each * Philox.BLOCKS_PER_TRUNCATED : "",
                        numbers(distribution, primitive.dtype())))
            .perUnit((size + each - 1) / each, THREADS));
  }

  /** Returns the text that makes the numbers of a thread. */
  private static String numbers(Primitive.Random.Distribution distribution, DType dtype) {
    boolean wide = dtype.bytes() == 8;
    if (distribution == Primitive.Random.Distribution.TRUNCATED_NORMAL) {
      return wide
          ? """
              int found = 0;
              while (found < 2) {
                Block b = philox(seed, seed2, block++);
                double x, y;
                normal(b, x, y);
                keep(numbers.v, found, 2, x);
                keep(numbers.v, found, 2, y);
              }
            """
          : """
              int found = 0;
              while (found < 4) {
                Block b = philox(seed, seed2, block++);
                float x, y;
                normal(b.v[0], b.v[1], x, y);
                keep(numbers.v, found, 4, x);
                keep(numbers.v, found, 4, y);
                normal(b.v[2], b.v[3], x, y);
                keep(numbers.v, found, 4, x);
                keep(numbers.v, found, 4, y);
              }
            """;
    }
    return "  Block b = philox(seed, seed2, block);\n"
        + switch (distribution) {
          case BITS ->
              wide
                  ? """
                      numbers.v[0] = (long long)((u64)b.v[1] << 32 | b.v[0]);
                      numbers.v[1] = (long long)((u64)b.v[3] << 32 | b.v[2]);
                    """
                  : "  for (int i = 0; i < 4; i++) numbers.v[i] = (int)b.v[i];\n";
          case UNIFORM ->
              wide
                  ? """
                      numbers.v[0] = unit(b.v[0], b.v[1]);
                      numbers.v[1] = unit(b.v[2], b.v[3]);
                    """
                  : "  for (int i = 0; i < 4; i++) numbers.v[i] = unit(b.v[i]);\n";
          case NORMAL, TRUNCATED_NORMAL ->
              wide
                  ? "  normal(b, numbers.v[0], numbers.v[1]);\n"
                  : """
                      normal(b.v[0], b.v[1], numbers.v[0], numbers.v[1]);
                      normal(b.v[2], b.v[3], numbers.v[2], numbers.v[3]);
                    """;
        };
  }
}
