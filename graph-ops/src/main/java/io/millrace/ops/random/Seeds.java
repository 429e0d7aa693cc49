package io.millrace.ops.random;

import io.millrace.Graph;
import java.util.OptionalLong;

/**
 * The two seeds of a random operation, by the rule of TensorFlow's {@code random_seed.get_seed}: if
 * neither the graph nor the operation has one, both are 0, which means any.
 *
 * @param seed from the graph's seed
 * @param seed2 from the operation's own, or from its place among those of the graph without any
 */
public record Seeds(long seed, long seed2) {
  private static final long DEFAULT_GRAPH_SEED = 87654321;
  private static final long LIMIT = Integer.MAX_VALUE;

  private static final Seeds ANY = new Seeds(0, 0);

  /** Returns the seeds of the next operation of a graph. */
  public static Seeds of(Graph graph, OptionalLong own) {
    if (graph.seed().isEmpty() && own.isEmpty()) {
      return ANY;
    }
    long first = Math.floorMod(graph.seed().orElse(DEFAULT_GRAPH_SEED), LIMIT);
    long second = Math.floorMod(own.orElseGet(graph::nextSeed), LIMIT);
    return first == 0 && second == 0 ? new Seeds(0, LIMIT) : new Seeds(first, second);
  }

  /** Returns whether the seeds fix what is drawn. */
  boolean areFixed() {
    return !equals(ANY);
  }
}
