package io.millrace.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tries how operations become attributes and come back. */
class SignatureTest {
  /** Lists the ways in which the example combines. */
  public enum Mode {
    SUM,
    MEAN
  }

  /** An operation that is never run. */
  interface Named extends Op {
    @Override
    default Gradients gradient(Gradient call) {
      return Gradients.none("tests need none");
    }

    @Override
    default void lower(Lowering to) {
      throw new UnsupportedOperationException();
    }
  }

  /** An operation of a user's own, which has no signature and gives one tensor. */
  record Source(DType dtype) implements Named {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(TensorType.of(dtype));
    }
  }

  /** An operation with a component of each simple kind. */
  public record Blend(
      boolean keepDims, int axis, float alpha, Mode mode, List<Integer> axes, DType outType)
      implements Named {
    @Override
    public Signature signature() {
      return Signature.of("values: N * T", "weight: float32")
          .rename("axes", "squeeze_dims")
          .optional("axis", -1)
          .optional("mode", Mode.MEAN)
          .only("exact", true)
          .ignoring("use_locking");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(new TensorType(outType, Shape.scalar()));
    }
  }

  /** Takes several inputs of one type. */
  public record Gathered() implements Named {
    @Override
    public Signature signature() {
      return Signature.of("values: N * T", "axis: Tidx");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.type(0));
    }
  }

  private static final Map<String, Object> ATTRIBUTES =
      Map.of(
          "keep_dims",
          true,
          "axis",
          2L,
          "alpha",
          0.5f,
          "mode",
          "SUM",
          "squeeze_dims",
          List.of(1L, -1L),
          "out_type",
          DType.INT32,
          "exact",
          true);

  private static final Blend PROTOTYPE = new Blend(false, 0, 0, Mode.SUM, List.of(), DType.BOOL);

  private static Op read(Map<String, Object> changes, String... dropped) {
    Map<String, Object> attributes = new HashMap<>(ATTRIBUTES);
    attributes.putAll(changes);
    List.of(dropped).forEach(attributes::remove);
    return Components.read(PROTOTYPE, PROTOTYPE.signature(), new Attributes(attributes));
  }

  private static String refusal(Map<String, Object> changes, String... dropped) {
    return assertThrows(RuleException.class, () -> read(changes, dropped)).getMessage();
  }

  @Test
  void readsComponentsFromAttributes() {
    assertEquals(new Blend(true, 2, 0.5f, Mode.SUM, List.of(1, -1), DType.INT32), read(Map.of()));
    assertEquals(
        new Blend(true, -1, 0.5f, Mode.MEAN, List.of(1, -1), DType.INT32),
        read(Map.of(), "axis", "mode"));
  }

  @Test
  void saysWhatIsWrongWithAttributes() {
    assertEquals("attribute 'alpha' is missing", refusal(Map.of(), "alpha"));
    assertEquals(
        "attribute 'keep_dims' must be of kind boolean, not 1", refusal(Map.of("keep_dims", 1L)));
    assertEquals(
        "attribute 'mode' must be one of [SUM, MEAN], not PRODUCT",
        refusal(Map.of("mode", "PRODUCT")));
    assertEquals(
        "attribute 'axis' does not fit 32 bits: 4294967296", refusal(Map.of("axis", 4294967296L)));
    assertEquals(
        "attribute 'squeeze_dims' must be of kind long, not x",
        refusal(Map.of("squeeze_dims", List.of("x"))));
  }

  @Test
  void countsInputsAndTellsTheirTypes() {
    Graph graph = new Graph();
    Output x = graph.add(new Source(DType.INT64), "x", List.of()).output(0);
    Operation node = graph.add(new Gathered(), "node", List.of(x, x, x));
    Map<String, Object> attributes = node.op().signature().write(node);
    assertEquals(Map.of("N", 2L, "T", DType.INT64, "Tidx", DType.INT64), attributes);
    List<DType> types = List.of(DType.INT64, DType.INT64, DType.INT64);
    assertEquals(node.op(), Signature.read(new Gathered(), attributes, types));
    assertEquals(
        "attribute 'N' is 2, but the inputs make it 1",
        assertThrows(
                RuleException.class,
                () -> Signature.read(new Gathered(), attributes, types.subList(0, 2)))
            .getMessage());
    assertEquals(
        "takes at least 1 input, not 0",
        assertThrows(
                RuleException.class, () -> Signature.read(new Gathered(), attributes, List.of()))
            .getMessage());
  }

  @Test
  void findsTheTypesOfInputsInAttributes() {
    Signature signature = Signature.of("dims: index_type", "values: N * T", "depth: int32");
    Map<String, Object> attributes = Map.of("index_type", DType.INT64, "N", 2L, "T", DType.FLOAT64);
    assertEquals(
        Optional.of(List.of(DType.INT64, DType.FLOAT64, DType.FLOAT64, DType.INT32)),
        signature.inputTypes(attributes, 4));
    assertEquals(Optional.empty(), signature.inputTypes(Map.of("T", DType.INT32), 4));
    assertEquals(
        "takes at least 2 inputs, not 1",
        assertThrows(RuleException.class, () -> signature.inputTypes(attributes, 1)).getMessage());
    List<DType> each = List.of(DType.BOOL, DType.UINT8);
    assertEquals(Optional.of(each), Signature.of("data: T...").inputTypes(Map.of("T", each), 2));
  }

  @Test
  void repeatedInputsHaveOneNumber() {
    Signature signature = Signature.of("indices: N * int32", "data: N * T");
    Map<String, Object> attributes = Map.of("N", 2L, "T", DType.BOOL);
    assertEquals(
        Optional.of(List.of(DType.INT32, DType.INT32, DType.BOOL, DType.BOOL)),
        signature.inputTypes(attributes, 4));
    assertEquals(
        "takes 2 inputs or a multiple, besides 0, not 3",
        assertThrows(RuleException.class, () -> signature.inputTypes(attributes, 3)).getMessage());
  }

  private static String refusal(Signature signature, DType... types) {
    List<TensorType> inputs = Stream.of(types).map(TensorType::of).toList();
    return assertThrows(RuleException.class, () -> signature.require(inputs)).getMessage();
  }

  @Test
  void requiresTypesOfTheSetsSaid() {
    Signature signature = Signature.of("a: T in signed", "b: T", "axis: int32 in index", "k: bool");
    signature.require(
        Stream.of(DType.INT32, DType.INT32, DType.INT64, DType.BOOL).map(TensorType::of).toList());
    assertEquals(
        "input 'a' must be signed, not uint8",
        refusal(signature, DType.UINT8, DType.UINT8, DType.INT32, DType.BOOL));
    assertEquals(
        "inputs 'a' and 'b' must have one type, not int32 and int64",
        refusal(signature, DType.INT32, DType.INT64, DType.INT32, DType.BOOL));
    assertEquals(
        "input 'axis' must be int32 or int64, not bool",
        refusal(signature, DType.INT32, DType.INT32, DType.BOOL, DType.BOOL));
    assertEquals(
        "input 'k' must be bool, not int32",
        refusal(signature, DType.INT32, DType.INT32, DType.INT32, DType.INT32));
    assertEquals("takes 4 inputs, not 0", refusal(signature));
  }

  @Test
  void requiresTypesOfRepeatedInputs() {
    Signature alike = Signature.of("values: N>=2 * T in {int32, uint8}", "last: T");
    alike.require(Collections.nCopies(4, TensorType.of(DType.UINT8)));
    assertEquals("takes at least 3 inputs, not 2", refusal(alike, DType.UINT8, DType.UINT8));
    assertEquals(
        "inputs 'values[0]' and 'values[1]' must have one type, not uint8 and int32",
        refusal(alike, DType.UINT8, DType.INT32, DType.INT32));
    assertEquals(
        "input 'values[1]' must be int32 or uint8, not bool",
        refusal(alike, DType.UINT8, DType.BOOL, DType.UINT8));
    Signature each = Signature.of("data: T>=1... in numeric");
    each.require(List.of(TensorType.of(DType.UINT8), TensorType.of(DType.INT32)));
    assertEquals("takes at least 1 input, not 0", refusal(each));
    assertEquals(
        "input 'data[1]' must be numeric, not bool", refusal(each, DType.UINT8, DType.BOOL));
    Signature.of("values: N * T", "last: T").require(List.of(TensorType.of(DType.BOOL)));
  }

  @Test
  void refusesTextsThatSayNoInputs() {
    for (String text : List.of("x", "x: T in strange", "x: ", "x: T in {half}")) {
      assertThrows(IllegalArgumentException.class, () -> Signature.of(text), text);
    }
    assertThrows(
        IllegalArgumentException.class, () -> Signature.of("x: T in any", "y: T in numeric"));
  }

  @Test
  void takesOneValueOnlyWhereThereIsNoOther() {
    Map<String, Object> attributes = new HashMap<>(ATTRIBUTES);
    attributes.put("exact", false);
    List<DType> types = List.of(DType.INT32, DType.FLOAT32);
    assertEquals(
        "attribute 'exact' must be true, not false",
        assertThrows(RuleException.class, () -> Signature.read(PROTOTYPE, attributes, types))
            .getMessage());
  }

  @Test
  void printsInputs() {
    assertEquals("(values: N * T, weight: float32)", PROTOTYPE.signature().toString());
    String text =
        "(values: N>=2 * T in {int32, uint8}, data: Ts>=1... in numeric, k: int32 in index)";
    String[] inputs = text.substring(1, text.length() - 1).split(", (?=[a-z]+:)");
    assertEquals(text, Signature.of(inputs).toString());
    assertEquals(Optional.of("N"), PROTOTYPE.signature().inputs().get(0).count());
  }
}
