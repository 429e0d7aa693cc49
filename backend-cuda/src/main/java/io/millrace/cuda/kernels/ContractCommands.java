package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.Gemm;
import io.millrace.cuda.command.StepContext;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Optional;

/** Makes the commands of Contract: cuBLAS for floating types, a kernel for integers. */
public final class ContractCommands {
  private ContractCommands() {}

  public static void add(StepContext context, Primitive.Contract primitive) {
    Place a = context.step().inputs().get(0);
    Place b = context.step().inputs().get(1);
    TensorType output = context.step().output().type();
    Product product =
        new Product(
            output.dtype(),
            primitive.transposeA(),
            primitive.transposeB(),
            a.type().shape().dim(0) == 1,
            b.type().shape().dim(0) == 1,
            output.shape().dim(0),
            output.shape().dim(1),
            output.shape().dim(2),
            a.type().shape().dim(primitive.transposeA() ? 1 : 2));
    add(context, product, context.input(0), context.input(1), context.output(0));
  }

  /**
   * A batched product, as a {@link Gemm} describes it.
   *
   * @param oneA whether the left operand is one matrix for all of the batch
   */
  record Product(
      DType dtype,
      boolean transposeA,
      boolean transposeB,
      boolean oneA,
      boolean oneB,
      long batch,
      long m,
      long n,
      long k) {
    /** Returns a single product. */
    static Product of(DType dtype, boolean transposeA, boolean transposeB, long m, long n, long k) {
      return new Product(dtype, transposeA, transposeB, true, true, 1, m, n, k);
    }

    long bytes() {
      return Shape.of(batch, m, n).size() * dtype.bytes();
    }

    /** Returns the same as one product if the rows of all the batch meet the same matrix. */
    private Product joined() {
      return oneB && !oneA && !transposeA
          ? new Product(dtype, false, transposeB, true, true, 1, batch * m, n, k)
          : this;
    }
  }

  /** Adds the commands of a product. */
  public static void add(StepContext context, Product batched, Address a, Address b, Address c) {
    Product product = batched.joined();
    long bytes = product.bytes();
    if (bytes == 0) {
      return;
    }
    if (product.k() == 0) {
      GatedCopy.clear(context, c, bytes);
    } else if (product.dtype().isFloating()) {
      Address place = GatedCopy.place(context, c, bytes);
      context.add(
          new Gemm(
              product.dtype(),
              context.target().tensorFloat32(product.dtype()),
              product.transposeA(),
              product.transposeB(),
              product.oneA(),
              product.oneB(),
              product.batch(),
              product.m(),
              product.n(),
              product.k(),
              a,
              b,
              place,
              Optional.empty(),
              context.scratch(Gemm.workspaceBytes(bytes)),
              Gemm.workspaceBytes(bytes)));
      GatedCopy.finish(context, place, c, bytes);
    } else {
      integers(context, product, a, b, c);
    }
  }

  /** Adds the kernel for integers, whose sums wrap. */
  private static void integers(
      StepContext context, Product product, Address a, Address b, Address c) {
    String memory = CudaTypes.of(product.dtype());
    long m = product.m();
    long n = product.n();
    long k = product.k();
    TiledProduct.Tile tile =
        TiledProduct.Tile.of(
            product.dtype().bytes(), m, n, product.batch(), context.target().multiprocessors());
    // Unsigned sums wrap, and their low bits are those of signed and of shorter ones.
    String type = CudaTypes.unsigned(product.dtype().bytes());
    boolean alongA = !product.transposeA();
    boolean alongB = product.transposeB();
    TiledProduct text =
        new TiledProduct(
            type,
            memory,
            tile,
            alongA,
            alongB,
            """
              index_t block = (index_t)blockIdx.x, rest = block / across, batch = rest / down;
              index_t col0 = block % across * COLS, row0 = rest % down * ROWS;
              index_t from = 0, to = depth;
              a += batch * stepA;
              b += batch * stepB;
              c += batch * rows * cols;
            """,
            "",
            "if (row0 + r < rows) value = (%s)a[%s];\n"
                .formatted(type, alongA ? "(row0 + r) * depth + k" : "k * rows + row0 + r"),
            "",
            "if (col0 + c < cols) value = (%s)b[%s];\n"
                .formatted(type, alongB ? "(col0 + c) * depth + k" : "k * cols + col0 + c"),
            "c + (row0 + r) * cols");
    boolean wide =
        Math.max(
                product.batch() * m * n, Math.max(product.batch() * m * k, product.batch() * n * k))
            >= 1L << 30;
    context.add(
        context
            .kernel(
                "product_"
                    + product.dtype()
                    + (product.transposeA() ? "_t" : "_n")
                    + (product.transposeB() ? "t" : "n"))
            .wide(wide)
            .in(memory, "a", a)
            .in(memory, "b", b)
            .out(memory, "c", c)
            .index("rows", m)
            .index("cols", n)
            .index("depth", k)
            .index("stepA", product.oneA() ? 0 : m * k)
            .index("stepB", product.oneB() ? 0 : k * n)
            .divisor("across", tile.across(n))
            .divisor("down", tile.down(m))
            .int32("aligned", n % tile.pack() == 0 ? 1 : 0)
            .resident(2)
            .declare(text.declarations())
            .body(text.body())
            .grid(
                Math.multiplyExact(
                    product.batch(), Math.multiplyExact(tile.down(m), tile.across(n))),
                1,
                TiledProduct.THREADS));
  }
}
