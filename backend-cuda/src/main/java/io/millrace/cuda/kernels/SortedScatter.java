package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;

/**
 * Makes the commands of a Scatter that sort its indices, equal ones in their order, and then have
 * one thread combine a column of all updates of a row, one after another.
 */
final class SortedScatter implements MergeSort.Ends {
  private static final long SMALL_KEYS = 0xFFFFFFFEL;

  private final StepContext context;
  private final ScatterCommands scatter;
  private final Address keys;
  private final Address order;

  private SortedScatter(StepContext context, ScatterCommands scatter) {
    this.context = context;
    this.scatter = scatter;
    keys = context.scratch(scatter.count() * keyBytes());
    order = context.scratch(scatter.count() * Integer.BYTES);
  }

  static void add(StepContext context, ScatterCommands scatter) {
    SortedScatter sorted = new SortedScatter(context, scatter);
    MergeSort.add(context, sorted, 1, scatter.count(), scatter.count());
    LaunchBuilder kernel =
        scatter
            .kernel("sorted_" + 8 * sorted.keyBytes())
            .in(sorted.keyType(), "keys", sorted.keys)
            .in("u32", "order", sorted.order)
            .body(
                """
                  for (index_t i = thread(); i < updates * (index_t)inner.d; i += threads()) {
                    index_t j = i / inner;
                    index_t column = i - j * (index_t)inner.d;
                    KEY row = keys[j];
                    if (row >= rows) continue;
                """
                    .replace("KEY", sorted.keyType()))
            .body(scatter.isSet() ? SET : scatter.with(COMBINE));
    scatter.addPerElement(kernel);
  }

  private static final String SET =
      """
          if (j + 1 < updates && keys[j + 1] == row) continue;
          target[(index_t)row * (index_t)inner.d + column] =
              source[(index_t)order[j] * (index_t)inner.d + column];
        }
      """;

  /** Eight updates at once are loaded, which takes longer than to combine them. */
  private static final String COMBINE =
      """
          if (j > 0 && keys[j - 1] == row) continue;
          TYPE* place = target + (index_t)row * (index_t)inner.d + column;
          TYPE x = COMBINE(*place, source[(index_t)order[j] * (index_t)inner.d + column]);
          j++;
          while (j < updates && keys[j] == row) {
            TYPE update[8];
            bool same[8];
      #pragma unroll
            for (int k = 0; k < 8; k++) {
              same[k] = j + k < updates && keys[j + k] == row;
              update[k] = x;
              if (same[k]) update[k] = source[(index_t)order[j + k] * (index_t)inner.d + column];
            }
      #pragma unroll
            for (int k = 0; k < 8; k++) {
              if (same[k]) x = COMBINE(x, update[k]);
            }
            j += 8;
          }
          *place = x;
        }
      """;

  @Override
  public String name() {
    return "indices_" + scatter.names();
  }

  /** An index of no row becomes the number of rows. */
  @Override
  public int keyBytes() {
    return scatter.rows() <= SMALL_KEYS ? 4 : 8;
  }

  private String keyType() {
    return keyBytes() == 4 ? "u32" : "u64";
  }

  @Override
  public void addTo(LaunchBuilder kernel) {
    kernel
        .in(CudaTypes.of(scatter.names()), "indices", context.input(1))
        .out(keyType(), "keys", keys)
        .out("u32", "order", order)
        .int64("rowsToName", scatter.rows());
  }

  @Override
  public String key() {
    return "(KEY)((u64)indices[element] < (u64)rowsToName ? (u64)indices[element] : (u64)rowsToName)"
        .replace("KEY", keyType());
  }

  @Override
  public String write() {
    return "keys[at] = keyOf(r);\norder[at] = (u32)position;";
  }
}
