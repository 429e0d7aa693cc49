package io.millrace.cuda.kernels;

import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.ir.WindowAxis;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Windows that slide over the spatial axes of data {@code [n, spatial..., c]}, as kernels know
 * them: their sizes as parameters, and the text of loops over them.
 *
 * <p>Of axis i, kernels have the extents {@code extent}i of the data and {@code windows}i of the
 * result, {@code size}i, {@code stride}i, {@code dilation}i and {@code pad}i, and the distances of
 * neighbours along it: {@code step}i in the data and {@code walk}i in the result, in packs of
 * channels. Divisors are named like what they divide by, with {@code By} at the end.
 *
 * @param data the shape of the data
 * @param result the shape with one element a window, and channels of its own
 */
record SlidingWindows(List<WindowAxis> axes, Shape data, Shape result) {
  private static final long WIDE = 1L << 30;

  SlidingWindows {
    axes = List.copyOf(axes);
  }

  int count() {
    return axes.size();
  }

  long batch() {
    return data.dim(0);
  }

  long extent(int axis) {
    return data.dim(axis + 1);
  }

  long windows(int axis) {
    return result.dim(axis + 1);
  }

  /** Returns how many elements of the data lie less than a stride from the first. */
  long phases(int axis) {
    return Math.min(axes.get(axis).stride(), extent(axis));
  }

  /** Returns the number of elements of a window. */
  long elements() {
    return axes.stream().mapToLong(WindowAxis::size).reduce(1, Math::multiplyExact);
  }

  /** Returns the number of positions of windows, those of all the batch. */
  long positions() {
    return result.slice(0, count() + 1).size();
  }

  /** Returns whether positions, those in the padding included, need 64 bits. */
  boolean isWide() {
    double padded = (double) batch() * data.dim(-1);
    for (int i = 0; i < count(); i++) {
      WindowAxis axis = axes.get(i);
      padded *=
          (double) extent(i)
              + axis.padBefore()
              + axis.padAfter()
              + axis.stride()
              + (double) axis.size() * axis.dilation();
    }
    return padded >= WIDE || result.size() >= WIDE;
  }

  /**
   * Adds the parameters of all axes, and the type {@code Channels} of a pack, of which {@code EACH}
   * channel l is an element.
   */
  LaunchBuilder packed(LaunchBuilder kernel, String type, int pack) {
    return parameters(kernel, pack)
        .declare(
            """
            #define EACH _Pragma("unroll") for (int l = 0; l < %1$d; l++)
            using Channels = Pack<%2$s, %1$d>;
            """
                .formatted(pack, type));
  }

  /** Adds the parameters of all axes. */
  LaunchBuilder parameters(LaunchBuilder kernel, int pack) {
    long step = data.dim(-1) / pack;
    long walk = result.dim(-1) / pack;
    long[] steps = new long[count()];
    long[] walks = new long[count()];
    for (int i = count() - 1; i >= 0; i--) {
      steps[i] = step;
      walks[i] = walk;
      step *= extent(i);
      walk *= windows(i);
    }
    for (int i = 0; i < count(); i++) {
      WindowAxis axis = axes.get(i);
      kernel
          .index("extent" + i, extent(i))
          .index("windows" + i, windows(i))
          .index("size" + i, axis.size())
          .index("stride" + i, axis.stride())
          .index("dilation" + i, axis.dilation())
          .index("pad" + i, axis.padBefore())
          .index("step" + i, steps[i])
          .index("walk" + i, walks[i]);
    }
    return kernel.index("batchStep", step).index("batchWalk", walk);
  }

  /** Adds a divisor of each axis. */
  LaunchBuilder divisors(LaunchBuilder kernel, String name) {
    for (int i = 0; i < count(); i++) {
      WindowAxis axis = axes.get(i);
      long value =
          switch (name) {
            case "extent" -> extent(i);
            case "windows" -> windows(i);
            case "size" -> axis.size();
            case "phases" -> phases(i);
            case "stride" -> axis.stride();
            case "dilation" -> axis.dilation();
            default -> throw new IllegalArgumentException(name);
          };
      kernel.divisor(name + i + "By", value);
    }
    return kernel;
  }

  /** Returns the text that takes a number, {@code rest}, apart into coordinates of all axes. */
  String takeApart(String coordinate, String divisor) {
    StringBuilder text = new StringBuilder();
    for (int i = count() - 1; i >= 0; i--) {
      text.append(
          "const index_t %1$s%2$d = rest %% %3$s%2$dBy;\nrest = rest / %3$s%2$dBy;\n"
              .formatted(coordinate, i, divisor));
    }
    return text.toString();
  }

  /** Returns {@code first0 * second0 + first1 * second1 ...}. */
  String sum(String first, String second) {
    List<String> terms = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      terms.add(first + i + " * " + second + i);
    }
    return String.join(" + ", terms);
  }

  /** Returns {@code name0 * name1 ...}. */
  String product(String name) {
    return String.join(" * ", IntStream.range(0, count()).mapToObj(i -> name + i).toList());
  }

  /** Returns the row-major number of coordinates, {@code (c0 * extents1 + c1) * extents2 + c2}. */
  String number(String coordinate, String extents) {
    String text = coordinate + 0;
    for (int i = 1; i < count(); i++) {
      text = "(" + text + ") * " + extents + i + " + " + coordinate + i;
    }
    return text;
  }

  /** Returns a condition that holds of all axes; {@code #} stands for an axis's number. */
  String all(String condition) {
    List<String> terms = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      terms.add("(" + condition.replace("#", Integer.toString(i)) + ")");
    }
    return String.join(" && ", terms);
  }

  /** Returns text for each axis; {@code #} stands for its number. */
  String each(String text) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < count(); i++) {
      all.append(text.replace("#", Integer.toString(i)));
    }
    return all.toString();
  }

  /**
   * Returns loops over the elements of the window at {@code q}i that lie in the data, in order:
   * {@code w}i is the element, {@code p}i its place in the data.
   */
  String overElements(String body) {
    return nested(
        """
        for (index_t w# = 0; w# < size#; w#++) {
          const index_t p# = q# * stride# - pad# + w# * dilation#;
          if (p# < 0 || p# >= extent#) continue;
        """,
        body);
  }

  /**
   * Returns loops over the windows that have the data's element at {@code p}i, in order: {@code q}i
   * is the window, {@code w}i the element of it. Needs divisors of stride and dilation.
   */
  String overWindows(String body) {
    return nested(
        """
        const index_t reach# = p# + pad#, early# = reach# - (size# - 1) * dilation#;
        index_t last# = reach# / stride#By;
        if (last# >= windows#) last# = windows# - 1;
        for (index_t q# = early# <= 0 ? 0 : (early# + stride# - 1) / stride#By; q# <= last#; q#++) {
          const index_t w# = (reach# - q# * stride#) / dilation#By;
          if (w# * dilation# != reach# - q# * stride#) continue;
        """,
        body);
  }

  private String nested(String loop, String body) {
    String text = body;
    for (int i = count() - 1; i >= 0; i--) {
      text = loop.replace("#", Integer.toString(i)) + text.indent(2) + "}\n";
    }
    return text;
  }
}
