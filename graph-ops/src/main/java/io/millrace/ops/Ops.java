package io.millrace.ops;

import io.millrace.Graph;

/**
 * The facade: adds operations to a graph, named as in TensorFlow 1.
 *
 * <p>{@code var tf = Ops.of(graph); tf.matmul(x, w); tf.nn.softmax(logits); ...} Families that
 * TensorFlow keeps apart are fields: {@link #math}, {@link #nn}, {@link #train}, {@link #random}.
 */
public final class Ops
    implements CoreOps,
        IdentityOps,
        CreationOps,
        SequenceOps,
        UnaryOps,
        TrigonometricOps,
        UnaryGradientOps,
        BinaryOps,
        SpecialOps,
        ClipOps,
        BitwiseOps,
        ComparisonOps,
        ElementwiseOps,
        AddOps,
        ReductionOps,
        StatisticsOps,
        CumulativeOps,
        ArgOps,
        MatrixOps,
        EinsumOps,
        GridOps,
        ShapeOps,
        ReshapeOps,
        RepeatOps,
        MovementOps,
        PadOps,
        MirrorPadOps,
        SpaceOps,
        BatchOps,
        DiagonalOps,
        BandOps,
        TensorDiagOps,
        BitcastOps,
        ReverseSequenceOps,
        PatchOps,
        ConcatOps,
        StackOps,
        SplitOps,
        StridedSliceOps,
        ReverseOps,
        RollOps,
        GatherOps,
        GatherNdOps,
        SegmentOps,
        SortedSegmentOps,
        SparseSegmentOps,
        TensorScatterOps,
        ScatterOps,
        InitializationOps,
        TopKOps,
        InTopKOps,
        SortOps,
        WhereOps,
        UniqueOps,
        PartitionOps,
        GradientOps,
        VariableOps,
        ControlOps,
        CheckOps {
  /** Element-wise functions, reductions and products: the same as on this object. */
  public final Ops math = this;

  /** Functions of the bits of integers: the same as on this object. */
  public final Ops bitwise = this;

  /** Neural networks. */
  public final Nn nn = new Nn(this);

  /** Random numbers. */
  public final RandomApi random = new RandomApi(this);

  /** First values of variables. */
  public final Initializers initializers = new Initializers(this);

  /** Optimizers. */
  public final Train train = new Train(this);

  private final Graph graph;
  private final String name;

  private Ops(Graph graph, String name) {
    this.graph = graph;
    this.name = name;
  }

  /** Returns the facade of a graph. */
  public static Ops of(Graph graph) {
    return new Ops(graph, "");
  }

  /** Returns a facade whose operations get this name, made unique; use it for one call. */
  public Ops withName(String name) {
    return new Ops(graph, name);
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public String nameOr(String otherwise) {
    return name.isEmpty() ? otherwise : name;
  }

  @Override
  public Ops tf() {
    return name.isEmpty() ? this : new Ops(graph, "");
  }
}
