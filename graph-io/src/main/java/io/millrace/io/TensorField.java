package io.millrace.io;

import io.millrace.io.proto.TensorProto;
import io.millrace.type.DType;
import java.util.function.ToIntFunction;

/**
 * A field of a file's tensor that holds elements, given by their bits as {@link DType} says them.
 *
 * @param count how many it holds
 * @param get returns one of them
 * @param add adds one
 */
record TensorField(ToIntFunction<TensorProto> count, Get get, Add add) {
  /** Returns an element of the field. */
  interface Get {
    long bits(TensorProto proto, int element);
  }

  /** Adds an element to the field. */
  interface Add {
    void bits(TensorProto.Builder proto, long bits);
  }

  private static final TensorField FLOATS =
      new TensorField(
          TensorProto::getFloatValCount,
          (proto, i) -> Float.floatToRawIntBits(proto.getFloatVal(i)),
          (proto, bits) -> proto.addFloatVal(Float.intBitsToFloat((int) bits)));

  private static final TensorField DOUBLES =
      new TensorField(
          TensorProto::getDoubleValCount,
          (proto, i) -> Double.doubleToRawLongBits(proto.getDoubleVal(i)),
          (proto, bits) -> proto.addDoubleVal(Double.longBitsToDouble(bits)));

  private static final TensorField INTS =
      new TensorField(
          TensorProto::getIntValCount,
          TensorProto::getIntVal,
          (proto, bits) -> proto.addIntVal((int) bits));

  private static final TensorField LONGS =
      new TensorField(
          TensorProto::getInt64ValCount,
          TensorProto::getInt64Val,
          TensorProto.Builder::addInt64Val);

  private static final TensorField BOOLEANS =
      new TensorField(
          TensorProto::getBoolValCount,
          (proto, i) -> proto.getBoolVal(i) ? 1 : 0,
          (proto, bits) -> proto.addBoolVal(bits != 0));

  /** Returns the field of a type; integers that are shorter than 64 bits share one. */
  static TensorField of(DType dtype) {
    boolean wide = dtype.bytes() == Long.BYTES;
    if (dtype.isFloating()) {
      return wide ? DOUBLES : FLOATS;
    }
    return dtype.isBoolean() ? BOOLEANS : wide ? LONGS : INTS;
  }
}
