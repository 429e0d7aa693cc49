package io.millrace.cuda.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes the body of a kernel that multiplies matrices tile by tile in shared memory, whose
 * elements are found as the caller says: a product of integers, or a convolution without patches.
 *
 * <p>A block of {@value #THREADS} threads computes one tile of the product, each thread a few
 * elements of it in registers. While a slice of the operands, {@value #DEPTH} deep, is multiplied,
 * the next is already being loaded. Each element is summed by one thread in order of depth.
 *
 * <p>The caller's text knows {@code ROWS} and {@code COLS}, the extents of a tile, and is
 *
 * <ul>
 *   <li>{@code begin}: declares {@code index_t row0, col0} where the tile begins, {@code rows,
 *       cols} where the product ends, {@code from, to} of the depth, and may fill shared memory;
 *   <li>{@code depthA}, {@code depthB}: statements that prepare for depth {@code k}, which may be
 *       {@code to} or more;
 *   <li>{@code elementA}, {@code elementB}: a statement that sets {@code value}, 0 before, to the
 *       element of row {@code row0 + r} or column {@code col0 + c} at depth {@code k}, which is
 *       below {@code to}; the row or column may lie beyond the product;
 *   <li>{@code out}: the pointer to row {@code row0 + r} of the product, or null.
 * </ul>
 *
 * @param type C++'s name of the sums' type
 * @param memory that of the product's elements in memory, to which sums are cut
 * @param alongA whether neighbouring threads load neighbours along the depth, not along rows
 * @param alongB the same of the right operand and its columns
 */
record TiledProduct(
    String type,
    String memory,
    Tile tile,
    boolean alongA,
    boolean alongB,
    String begin,
    String depthA,
    String elementA,
    String depthB,
    String elementB,
    String out) {
  /** Threads of a block. */
  static final int THREADS = 256;

  /** Elements along the depth that are in shared memory at once. */
  static final int DEPTH = 16;

  private static final int LANES = THREADS / DEPTH;

  /**
   * The extents of a tile of the product and of each thread's part.
   *
   * @param pack neighbouring elements that a thread moves at once, which divide its part
   */
  record Tile(int rows, int columns, int rowsPerThread, int columnsPerThread, int pack) {
    private static final Tile LARGE = new Tile(128, 128, 8, 8, 4);
    private static final Tile MIDDLE = new Tile(128, 64, 8, 4, 4);
    private static final Tile NARROW = new Tile(128, 32, 4, 4, 4);
    private static final Tile SMALL = new Tile(64, 64, 4, 4, 4);
    private static final Tile LARGE_OF_WIDE = new Tile(64, 64, 4, 4, 2);

    /**
     * Returns the tile for products of so many rows and columns.
     *
     * @param products how many are computed at once
     * @param multiprocessors how many tiles at least should be computed at once
     */
    static Tile of(int bytes, long rows, long columns, long products, int multiprocessors) {
      if (bytes == 8) {
        return LARGE_OF_WIDE;
      }
      if (columns <= 32) {
        return NARROW;
      }
      List<Tile> tiles = new ArrayList<>(List.of(LARGE, MIDDLE, SMALL));
      if (columns <= 64) {
        tiles.remove(LARGE);
      }
      for (Tile tile : tiles) {
        if (tile.down(rows) * tile.across(columns) * products >= multiprocessors) {
          return tile;
        }
      }
      return SMALL;
    }

    /** Returns how many tiles so many rows need. */
    long down(long all) {
      return (all + rows - 1) / rows;
    }

    /** Returns how many tiles so many columns need. */
    long across(long all) {
      return (all + columns - 1) / columns;
    }

    @Override
    public String toString() {
      return rows + "x" + columns;
    }
  }

  /** Returns the text to declare before the kernel. */
  String declarations() {
    return """
    constexpr int ROWS = %d, COLS = %d;
    using Part = Pack<%s, %d>;
    using Stored = Pack<%s, %d>;
    """
        .formatted(tile.rows, tile.columns, type, tile.pack, memory, tile.pack);
  }

  /**
   * Returns the kernel's body; {@code int aligned} must be among its parameters: whether a
   * product's rows all begin where a pack may be stored.
   */
  String body() {
    return begin
        + """
          __shared__ __align__(16) %1$s as[%2$d][ROWS + %3$d], bs[%2$d][COLS + %3$d];
          const int kA = %4$s, lineA = %5$s, kB = %6$s, lineB = %7$s;
          const int ty = threadIdx.x / %8$d, tx = threadIdx.x %% %8$d;
          %1$s sums[%9$d][%10$d], nextA[ROWS / %11$d], nextB[COLS / %11$d];
          #pragma unroll
          for (int i = 0; i < %9$d; i++) {
            #pragma unroll
            for (int j = 0; j < %10$d; j++) sums[i][j] = 0;
          }
          const index_t slices = (to - from + %2$d - 1) / %2$d;
          for (index_t slice = 0; slice <= slices; slice++) {
            if (slice < slices) {
              {
                index_t k = from + slice * %2$d + kA;
        %12$s        #pragma unroll
                for (int i = 0; i < ROWS / %11$d; i++) {
                  const int r = lineA + i * %11$d;
                  %1$s value = 0;
                  if (k < to) {
        %13$s          }
                  nextA[i] = value;
                }
              }
              {
                index_t k = from + slice * %2$d + kB;
        %14$s        #pragma unroll
                for (int i = 0; i < COLS / %11$d; i++) {
                  const int c = lineB + i * %11$d;
                  %1$s value = 0;
                  if (k < to) {
        %15$s          }
                  nextB[i] = value;
                }
              }
            }
            if (slice > 0) {
              #pragma unroll
              for (int k = 0; k < %2$d; k++) {
                Part a[%9$d / %3$d], b[%10$d / %3$d];
                #pragma unroll
                for (int i = 0; i < %9$d / %3$d; i++) {
                  a[i] = *(const Part*)&as[k][i * (ROWS * %3$d / %9$d) + ty * %3$d];
                }
                #pragma unroll
                for (int j = 0; j < %10$d / %3$d; j++) {
                  b[j] = *(const Part*)&bs[k][j * (COLS * %3$d / %10$d) + tx * %3$d];
                }
                #pragma unroll
                for (int i = 0; i < %9$d; i++) {
                  #pragma unroll
                  for (int j = 0; j < %10$d; j++) {
                    sums[i][j] += a[i / %3$d].v[i %% %3$d] * b[j / %3$d].v[j %% %3$d];
                  }
                }
              }
            }
            __syncthreads();
            if (slice < slices) {
              #pragma unroll
              for (int i = 0; i < ROWS / %11$d; i++) as[kA][lineA + i * %11$d] = nextA[i];
              #pragma unroll
              for (int i = 0; i < COLS / %11$d; i++) bs[kB][lineB + i * %11$d] = nextB[i];
            }
            __syncthreads();
          }
          #pragma unroll
          for (int i = 0; i < %9$d; i++) {
            const int r = i / %3$d * (ROWS * %3$d / %9$d) + ty * %3$d + i %% %3$d;
            if (row0 + r >= rows) continue;
            %16$s* out = %17$s;
            if (!out) continue;
            #pragma unroll
            for (int j = 0; j < %10$d; j += %3$d) {
              index_t col = col0 + j / %3$d * (COLS * %3$d / %10$d) + tx * %3$d;
              Stored stored;
              #pragma unroll
              for (int l = 0; l < %3$d; l++) stored.v[l] = (%16$s)sums[i][j + l];
              if (aligned && col + %3$d <= cols) {
                *(Stored*)(out + col) = stored;
              } else {
                #pragma unroll
                for (int l = 0; l < %3$d; l++) {
                  if (col + l < cols) out[col + l] = stored.v[l];
                }
              }
            }
          }
        """
            .formatted(
                type,
                DEPTH,
                tile.pack,
                alongA ? "threadIdx.x % " + DEPTH : "threadIdx.x / " + LANES,
                alongA ? "threadIdx.x / " + DEPTH : "threadIdx.x % " + LANES,
                alongB ? "threadIdx.x % " + DEPTH : "threadIdx.x / " + LANES,
                alongB ? "threadIdx.x / " + DEPTH : "threadIdx.x % " + LANES,
                tile.columns / tile.columnsPerThread,
                tile.rowsPerThread,
                tile.columnsPerThread,
                LANES,
                depthA.indent(8),
                elementA.indent(12),
                depthB.indent(8),
                elementB.indent(12),
                memory,
                out);
  }
}
