package com.acme;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Session;
import io.millrace.ops.Ops;
import java.util.Arrays;

/** A user's program, to be put into one jar with all that it needs. */
public final class OneJarProgram {
  private OneJarProgram() {}

  /** Prints the devices of two sessions, a result, and the complaint about a mistake. */
  public static void main(String[] arguments) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    for (int i = 0; i < 2; i++) {
      try (Session session = new Session(graph)) {
        System.out.println(session.device());
        System.out.println(
            Arrays.toString(session.run(tf.add(new float[] {1, 2}, 1f)).toFloatArray()));
      }
    }
    mistake(tf);
  }

  private static void mistake(Ops tf) {
    try {
      tf.matmul(tf.zeros(2, 3), tf.zeros(2, 3));
    } catch (GraphException e) {
      System.out.println(e.getMessage());
    }
  }
}
