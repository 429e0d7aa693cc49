package io.millrace.cuda.kernels;

import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import io.millrace.type.Shape;

/**
 * Makes the commands of Sort. Keys are unsigned integers in the order of the elements: equal for
 * equal numbers, and for NaN that of more than infinity.
 */
public final class SortCommands {
  private SortCommands() {}

  public static void add(StepContext context, Primitive.Sort primitive) {
    Shape input = context.step().inputs().get(0).type().shape();
    long kept = context.step().output().type().shape().dim(1);
    if (input.dim(0) * kept > 0) {
      DType dtype = context.step().output().type().dtype();
      Elements elements = new Elements(context, dtype, primitive.descending(), input.dim(1));
      MergeSort.add(context, elements, input.dim(0), input.dim(1), kept);
    }
  }

  /** The elements of rows of this length. */
  private record Elements(StepContext context, DType dtype, boolean descending, long length)
      implements MergeSort.Ends {

    @Override
    public String name() {
      return dtype + (descending ? "_descending" : "_ascending");
    }

    @Override
    public int keyBytes() {
      return Math.max(4, dtype.bytes());
    }

    @Override
    public void addTo(LaunchBuilder kernel) {
      String type = CudaTypes.of(dtype);
      kernel
          .declare(
              """
              __device__ inline KEY keyOfElement(TYPE x) {
              BODY}
              """
                  .replace("KEY", keyType())
                  .replace("TYPE", type)
                  .replace("BODY", body().indent(2)))
          .in(type, "source", context.input(0))
          .out(type, "values", context.output(0))
          .out("long long", "positions", context.output(1))
          .index("rowLength", length);
    }

    private String keyType() {
      return CudaTypes.unsigned(dtype.bytes());
    }

    private String body() {
      String not = descending ? "~" : "";
      String sign = keyBytes() == 4 ? "0x80000000u" : "0x8000000000000000ull";
      String text =
          dtype.isFloating()
              ? """
                if (x != x) return NOT ~(KEY)0;
                KEY bits = x == 0 ? 0 : BITS;
                return NOT(bits & SIGN ? ~bits : bits | SIGN);
                """
                  .replace("BITS", CudaTypes.bits(dtype, "x"))
              : dtype.isSigned() ? "return NOT((KEY)x ^ SIGN);" : "return NOT(KEY)x;";
      return text.replace("KEY", keyType()).replace("SIGN", sign).replace("NOT", not);
    }

    @Override
    public String key() {
      return "keyOfElement(source[element])";
    }

    @Override
    public String write() {
      return """
          values[at] = source[row * rowLength + position];
          positions[at] = (long long)position;
          """;
    }
  }
}
