package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Argument;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.driver.DriverStream;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Holds the emulated device to what CUDA promises. */
class EmulationTest {
  @Test
  void threadsOfABlockWaitForEachOther() {
    NativeKernels.unavailable().ifPresent(reason -> assumeTrue(false, reason));
    // Each block sums its 256 numbers: in warps by shuffles, then in shared memory.
    LaunchBuilder kernel =
        new LaunchBuilder("block_sums", Optional.empty())
            .in("float", "x", new Address(Address.Space.FEED, 0, 0))
            .out("float", "sums", new Address(Address.Space.FETCH, 0, 0))
            .index("n", 1000)
            .body(
                """
                  __shared__ float partial[8];
                  index_t i = thread();
                  float v = i < n ? x[i] : 0;
                  for (int by = 16; by > 0; by /= 2) v += __shfl_down_sync(0xffffffffu, v, by);
                  if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = v;
                  __syncthreads();
                  if (threadIdx.x == 0) {
                    for (int w = 1; w < 8; w++) v += partial[w];
                    sums[blockIdx.x] = v;
                  }
                """);
    Launch launch = kernel.perUnit(1000, 256);
    assertEquals(4, launch.blocksX());
    EmulatedDriver driver = new EmulatedDriver();
    long x = driver.allocate(4096);
    long sums = driver.allocate(64);
    Literal.Builder numbers = new Literal.Builder(TensorType.of(DType.FLOAT32, 1000));
    for (int i = 0; i < 1000; i++) {
      numbers.setDouble(i, i);
    }
    EmulatedDriver.write(x, numbers.build());
    try (DriverStream stream = driver.newStream()) {
      SingleCommands.add(launch, driver, stream, a -> a.space() == Address.Space.FEED ? x : sums);
      stream.synchronize();
    }
    Literal got = EmulatedDriver.read(sums, TensorType.of(DType.FLOAT32, 4));
    for (int block = 0; block < 4; block++) {
      double wanted = 0;
      for (int i = 256 * block; i < Math.min(1000, 256 * block + 256); i++) {
        wanted += i;
      }
      assertEquals(wanted, got.getDouble(block));
    }
    driver.free(x);
    driver.free(sums);
  }

  @Test
  void divisorsDivide() {
    Random random = new Random(1);
    for (int time = 0; time < 100_000; time++) {
      int d = 1 + (random.nextInt(Integer.MAX_VALUE) >>> random.nextInt(31));
      int n = random.nextInt(Integer.MAX_VALUE) >>> random.nextInt(31);
      Argument.Divisor divisor = new Argument.Divisor(d);
      long high = ((n & 0xFFFFFFFFL) * (divisor.multiplier() & 0xFFFFFFFFL)) >>> 32;
      assertEquals(n / d, (int) ((high + n) >>> divisor.shift()), n + " / " + d);
    }
  }
}
