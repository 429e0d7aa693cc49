package io.millrace.ops;

import io.millrace.Graph;
import io.millrace.op.Arguments;
import io.millrace.ops.array.BatchOps;
import io.millrace.ops.array.BitcastOps;
import io.millrace.ops.array.ConcatOps;
import io.millrace.ops.array.CoreOps;
import io.millrace.ops.array.CreationOps;
import io.millrace.ops.array.GridOps;
import io.millrace.ops.array.IdentityOps;
import io.millrace.ops.array.MirrorPadOps;
import io.millrace.ops.array.MovementOps;
import io.millrace.ops.array.PadOps;
import io.millrace.ops.array.RepeatOps;
import io.millrace.ops.array.ReshapeOps;
import io.millrace.ops.array.ReverseOps;
import io.millrace.ops.array.ReverseSequenceOps;
import io.millrace.ops.array.RollOps;
import io.millrace.ops.array.SequenceOps;
import io.millrace.ops.array.ShapeOps;
import io.millrace.ops.array.SpaceOps;
import io.millrace.ops.array.SplitOps;
import io.millrace.ops.array.StackOps;
import io.millrace.ops.array.StridedSliceOps;
import io.millrace.ops.flow.BranchOps;
import io.millrace.ops.flow.CheckOps;
import io.millrace.ops.flow.ControlOps;
import io.millrace.ops.flow.FunctionOps;
import io.millrace.ops.flow.GradientOps;
import io.millrace.ops.flow.LoopOps;
import io.millrace.ops.flow.SwitchOps;
import io.millrace.ops.index.GatherNdOps;
import io.millrace.ops.index.GatherOps;
import io.millrace.ops.index.InTopKOps;
import io.millrace.ops.index.PartitionOps;
import io.millrace.ops.index.SortOps;
import io.millrace.ops.index.TensorScatterOps;
import io.millrace.ops.index.TopKOps;
import io.millrace.ops.index.UniqueOps;
import io.millrace.ops.index.WhereOps;
import io.millrace.ops.linalg.BandOps;
import io.millrace.ops.linalg.DiagonalOps;
import io.millrace.ops.linalg.EinsumOps;
import io.millrace.ops.linalg.MatrixOps;
import io.millrace.ops.linalg.NormOps;
import io.millrace.ops.linalg.TensorDiagOps;
import io.millrace.ops.list.ListConcatOps;
import io.millrace.ops.list.ListElementOps;
import io.millrace.ops.list.ListOps;
import io.millrace.ops.list.ListQueueOps;
import io.millrace.ops.list.ListScatterOps;
import io.millrace.ops.list.ListSizeOps;
import io.millrace.ops.list.ListStackOps;
import io.millrace.ops.list.OptionalOps;
import io.millrace.ops.math.AddOps;
import io.millrace.ops.math.ArgOps;
import io.millrace.ops.math.BinaryOps;
import io.millrace.ops.math.BitwiseOps;
import io.millrace.ops.math.ClipOps;
import io.millrace.ops.math.ComparisonOps;
import io.millrace.ops.math.CumulativeOps;
import io.millrace.ops.math.ElementwiseOps;
import io.millrace.ops.math.ReductionOps;
import io.millrace.ops.math.SegmentOps;
import io.millrace.ops.math.SortedSegmentOps;
import io.millrace.ops.math.SparseSegmentOps;
import io.millrace.ops.math.SpecialOps;
import io.millrace.ops.math.StatisticsOps;
import io.millrace.ops.math.TrigonometricOps;
import io.millrace.ops.math.UnaryGradientOps;
import io.millrace.ops.math.UnaryOps;
import io.millrace.ops.nn.PatchOps;
import io.millrace.ops.state.CountOps;
import io.millrace.ops.state.InitializationOps;
import io.millrace.ops.state.ResourceGatherOps;
import io.millrace.ops.state.ResourceOps;
import io.millrace.ops.state.ScatterOps;
import io.millrace.ops.state.SliceAssignOps;
import io.millrace.ops.state.VariableOps;

/**
 * The facade: adds operations to a graph, named as in TensorFlow 1.
 *
 * <p>{@code var tf = Ops.of(graph); tf.matmul(x, w); tf.nn.softmax(logits); ...} What TensorFlow
 * keeps in modules stands in views, which are fields: {@link #math}, {@link #nn}, {@link #train}.
 * As there, common words stand here too.
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
        NormOps,
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
        SliceAssignOps,
        CountOps,
        InitializationOps,
        ResourceOps,
        ResourceGatherOps,
        TopKOps,
        InTopKOps,
        SortOps,
        WhereOps,
        UniqueOps,
        PartitionOps,
        GradientOps,
        VariableOps,
        ControlOps,
        FunctionOps,
        BranchOps,
        SwitchOps,
        LoopOps,
        ListOps,
        ListStackOps,
        OptionalOps,
        ListElementOps,
        ListSizeOps,
        ListQueueOps,
        ListScatterOps,
        ListConcatOps,
        CheckOps {
  /** Element-wise functions, reductions, segments and the like. */
  public final MathApi math = new MathApi(this);

  /** Functions of the bits of integers. */
  public final BitwiseApi bitwise = new BitwiseApi(this);

  /** Checks. */
  public final DebuggingApi debugging = new DebuggingApi(this);

  /** Matrices. */
  public final LinalgApi linalg = new LinalgApi(this);

  /** Neural networks. */
  public final NnApi nn = new NnApi(this);

  /** Images. */
  public final ImageApi image = new ImageApi(this);

  /** Random numbers. */
  public final RandomApi random = new RandomApi(this);

  /** First values of variables. */
  public final InitializersApi initializers = new InitializersApi(this);

  /** Optimizers. */
  public final TrainApi train = new TrainApi(this);

  private final Graph graph;
  private final String name;

  private Ops(Graph graph, String name) {
    this.graph = graph;
    this.name = name;
  }

  /** Returns the facade of a graph. */
  public static Ops of(Graph graph) {
    return new Ops(Arguments.require(graph, "graph"), "");
  }

  /**
   * Returns a facade whose operations get this name, made unique; use it for one call.
   *
   * <p>What is made of several nodes has it too, and is the name of the scope that they are in:
   * {@code tf.withName("loss").nn.sigmoidCrossEntropyWithLogits(y, x)} is {@code loss:0}, made of
   * {@code loss/AddV2} and others. Of several results of that kind the others are {@code loss_1},
   * {@code loss_2} and so on; those of one operation are {@code loss:1}, {@code loss:2}.
   */
  public Ops withName(String name) {
    return new Ops(graph, Arguments.require(name, "name"));
  }

  @Override
  public Graph graph() {
    return graph.current();
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
