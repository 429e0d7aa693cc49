package io.millrace.cuda.kernels;

/**
 * The device code of {@link ScanCommands}. A row's element number {@code p}, in the order of the
 * scan, is at {@code first + p * step}.
 */
final class ScanText {
  static final int THREADS = 256;
  static final int WARP = 32;

  /** The elements that a block scans at once. */
  static final int TILE = 2048;

  private ScanText() {}

  private static final String COLUMN =
      """
        for (index_t number = thread(); number < count; number += threads()) {
          index_t rest = number / inner;
          index_t row = rest / chunks;
          index_t begin = (rest - row * (index_t)chunks.d) * chunk;
          index_t end = length - begin < chunk ? length : begin + chunk;
          index_t column = number - rest * (index_t)inner.d;
          index_t origin = row * length * (index_t)inner.d + first + column;
          ACCUMULATOR so = START;
      #pragma unroll 4
          for (index_t p = begin; p < end; p++) {
      """;

  /** A thread for each column of each chunk. */
  static final String COLUMNS =
      COLUMN
          + """
                  ACCUMULATOR next = so OP (ACCUMULATOR)source[origin + p * step];
                  target[origin + p * step] = (TYPE)(exclusive ? so : next);
                  so = next;
                }
              }
            """;

  /** A thread for each column of each chunk, too. */
  static final String COLUMN_TOTALS =
      COLUMN
          + """
                  so = so OP (ACCUMULATOR)source[origin + p * step];
                }
                totals[number] = so;
              }
            """;

  /** Replaces {@code x} by what the lanes up to this one hold; {@code before} is without it. */
  private static final String LANES =
      """
      #pragma unroll
          for (int by = 1; by < 32; by *= 2) {
            ACCUMULATOR other = __shfl_up_sync(0xffffffffu, x, by);
            if (lane >= by) x = other OP x;
          }
          ACCUMULATOR before = __shfl_up_sync(0xffffffffu, x, 1);
          if (lane == 0) before = START;
      """;

  /** A warp for each row. */
  static final String WARPS =
      """
        const int lane = threadIdx.x % 32;
        for (index_t row = thread() / 32; row < rows; row += threads() / 32) {
          index_t origin = row * length + first;
          ACCUMULATOR so = START;
          for (index_t begin = 0; begin < length; begin += 32) {
            index_t p = begin + lane;
            ACCUMULATOR x = START;
            if (p < length) x = (ACCUMULATOR)source[origin + p * step];
      """
          + LANES
          + """
                  if (p < length) target[origin + p * step] = (TYPE)(so OP (exclusive ? before : x));
                  so = so OP __shfl_sync(0xffffffffu, x, 31);
                }
              }
            """;

  private static final String CHUNK =
      """
        const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
        const index_t number = blockIdx.x;
        const index_t row = number / chunks;
        const index_t begin = (number - row * (index_t)chunks.d) * chunk;
        const index_t end = length - begin < chunk ? length : begin + chunk;
        const index_t origin = row * length + first;
      """;

  /** A block for each chunk. */
  static final String ROWS =
      """
        __shared__ ACCUMULATOR tile[2048 + 2048 / 8];
        __shared__ ACCUMULATOR warps[8];
      """
          + CHUNK
          + """
              const int own = threadIdx.x * 9;  // With padding, so that threads use all banks.
              ACCUMULATOR so = START;
              for (index_t at = begin; at < end; at += 2048) {
            #pragma unroll
                for (int k = 0; k < 8; k++) {
                  int i = k * 256 + threadIdx.x;
                  tile[i + i / 8] =
                      at + i < end ? (ACCUMULATOR)source[origin + (at + i) * step] : (ACCUMULATOR)START;
                }
                __syncthreads();
                ACCUMULATOR mine[8];
                ACCUMULATOR x = START;
            #pragma unroll
                for (int k = 0; k < 8; k++) {
                  ACCUMULATOR next = x OP tile[own + k];
                  mine[k] = exclusive ? x : next;
                  x = next;
                }
            """
          + LANES
          + """
                if (lane == 31) warps[warp] = x;
                __syncthreads();
                ACCUMULATOR mineBegin = so;
            #pragma unroll
                for (int w = 0; w < 8; w++) {
                  if (w == warp) mineBegin = so OP before;
                  so = so OP warps[w];
                }
            #pragma unroll
                for (int k = 0; k < 8; k++) tile[own + k] = mineBegin OP mine[k];
                __syncthreads();
            #pragma unroll
                for (int k = 0; k < 8; k++) {
                  int i = k * 256 + threadIdx.x;
                  if (at + i < end) target[origin + (at + i) * step] = (TYPE)tile[i + i / 8];
                }
                __syncthreads();
              }
            """;

  /** A block for each chunk, too. */
  static final String ROW_TOTALS =
      """
        __shared__ ACCUMULATOR warps[8];
      """
          + CHUNK
          + """
              ACCUMULATOR x = START;
            #pragma unroll 8
              for (index_t p = begin + threadIdx.x; p < end; p += 256) {
                x = x OP (ACCUMULATOR)source[origin + p * step];
              }
            #pragma unroll
              for (int by = 16; by > 0; by /= 2) x = x OP __shfl_down_sync(0xffffffffu, x, by);
              if (lane == 0) warps[warp] = x;
              __syncthreads();
              if (threadIdx.x == 0) {
                for (int w = 1; w < 8; w++) x = x OP warps[w];
                totals[number] = x;
              }
            """;
}
