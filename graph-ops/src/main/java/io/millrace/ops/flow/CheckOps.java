package io.millrace.ops.flow;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Suspect;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Letting a run fail where something is not as it must be. */
public interface CheckOps extends Building {

  /**
   * Returns the same tensor; a run fails with this message, and the first such element and its
   * place, if there is NaN or an infinity in it. TensorFlow: CheckNumerics.
   */
  default Output checkNumerics(Object x, String message) {
    return result(new CheckNumerics(message), x);
  }

  /**
   * Returns an operation that fails the run unless a condition holds. TensorFlow: Assert.
   *
   * <p>It is run like any operation: as a target, or where another one depends on it.
   *
   * @param condition a boolean scalar
   * @param data texts and tensors that the failure is to tell of
   */
  default Operation assertThat(Object condition, Object... data) {
    Arguments.require(condition, "condition");
    Arguments.requireAll(data, "data");
    List<Object> inputs = new ArrayList<>(List.of(operand(condition)));
    List<String> texts = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < data.length; i++) {
      if (data[i] instanceof CharSequence text) {
        texts.add(text.toString());
        places.add(i);
      } else {
        inputs.add(operand(data[i]));
      }
    }
    return apply(new Assert(3, texts, places), inputs.toArray());
  }

  /** The input, unchanged; the run fails if there is NaN or an infinity in it. */
  record CheckNumerics(String message) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("tensor: T in floating").sharing().alias("CheckNumericsV2");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph()).checkNumerics(call.gradient(), "in the gradient of " + message));
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public void lower(Lowering to) {
      Value x = to.input(0);
      Indexing.requireAll(
          to,
          x,
          e -> e.apply(UnaryFn.IS_NAN).apply(UnaryFn.NOT),
          x,
          Suspect.NotFinite.NAN,
          message + " : Tensor had NaN values");
      Indexing.requireAll(
          to,
          x,
          e -> e.apply(UnaryFn.IS_FINITE).apply(BinaryFn.OR, e.apply(UnaryFn.IS_NAN)),
          x,
          Suspect.NotFinite.INFINITE,
          message + " : Tensor had Inf values");
      to.output(0, x);
    }

    static List<Example> examples() {
      Op op = new CheckNumerics("weights");
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 2, 3),
          Example.accepts(op).with(DType.FLOAT64),
          Example.accepts(op).with(DType.FLOAT32, 0),
          Example.rejects(op, "weights : Tensor had Inf values: it is -Infinity")
              .scalar(DType.FLOAT32, Double.NEGATIVE_INFINITY),
          Example.rejects(op, "weights : Tensor had NaN values: it is NaN")
              .scalar(DType.FLOAT64, Double.NaN));
    }
  }

  /**
   * Nothing; the run fails unless the first input is true.
   *
   * @param texts what the failure tells besides tensors
   * @param places which of all that it tells each text is, ascending
   */
  record Assert(int summarize, List<String> texts, List<Integer> places) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("condition: bool", "data: T...")
            .optional("summarize", 3)
            .optional("texts", List.of())
            .optional("places", List.of());

    public Assert {
      texts = List.copyOf(texts);
      places = List.copyOf(places);
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(0, 0);
      int told = texts.size() + in.count() - 1;
      in.require(told > 0, "a failure must tell of something: there is no data");
      in.require(
          texts.size() == places.size()
              && IntStream.range(0, places.size())
                  .allMatch(
                      i ->
                          places.get(i) < told
                              && places.get(i) > (i == 0 ? -1 : places.get(i - 1))),
          "its texts %s cannot be at %s of %d",
          texts,
          places,
          told);
      return List.of();
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it has no outputs");
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public void lower(Lowering to) {
      List<Value> data = IntStream.range(1, to.inputs()).mapToObj(to::input).toList();
      Primitive.Check check = new Primitive.Check("assertion failed", summarize);
      to.check(to.input(0), check.telling(between(data.size())), data);
    }

    /** Returns the texts that stand before each tensor and after the last. */
    private List<List<String>> between(int tensors) {
      List<List<String>> between = new ArrayList<>(List.of(new ArrayList<>()));
      int next = 0;
      for (int place = 0; place < tensors + texts.size(); place++) {
        if (next < texts.size() && places.get(next) == place) {
          between.get(between.size() - 1).add(texts.get(next++));
        } else {
          between.add(new ArrayList<>());
        }
      }
      return between;
    }

    static List<Example> examples() {
      Literal yes = Literal.scalar(DType.BOOL, 1);
      Literal no = Literal.scalar(DType.BOOL, 0);
      Literal fraction = Literal.scalar(DType.FLOAT32, 0.1);
      return List.of(
          Example.accepts(new Assert(3, List.of(), List.of()))
              .with(yes)
              .with(DType.FLOAT32, 2, 3)
              .with(DType.INT32),
          Example.rejects(
                  new Assert(2, List.of(), List.of()), "assertion failed: [0.1] [5 6 ...] [false]")
              .with(no)
              .with(fraction)
              .ints(5, 6, 7)
              .with(no),
          Example.rejects(
                  new Assert(3, List.of("x =", "is not", ""), List.of(0, 2, 4)),
                  "assertion failed: [x =] [5] [is not] [0.1] []")
              .with(no)
              .ints(5)
              .with(fraction),
          Example.rejects(new Assert(3, List.of("never"), List.of(0)), "assertion failed: [never]")
              .with(no),
          Example.rejects(new Assert(-1, List.of(), List.of()), "assertion failed: [4 5 6 7]")
              .with(no)
              .longs(4, 5, 6, 7));
    }
  }
}
