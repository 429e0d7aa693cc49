package io.millrace.cuda;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Arguments;
import io.millrace.cuda.command.ConvolutionCall;
import io.millrace.cuda.command.Gemm;
import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.Target;
import io.millrace.cuda.driver.Driver;
import io.millrace.cuda.driver.DriverStream;
import io.millrace.cuda.libraries.CudaException;
import io.millrace.ir.Primitive;
import io.millrace.ir.WindowAxis;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.HostMemory;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A device without hardware: its memory is the host's, kernels are compiled for the processor, and
 * the reference computes what the libraries would.
 *
 * <p>Fresh memory holds garbage, and writes beside an allocation are found. What is asked of the
 * device is noted, line by line.
 */
public final class EmulatedDriver implements Driver {
  private static final int GUARD = 4096;
  private static final byte GUARD_BYTE = (byte) 0xB5;
  private static final byte[] UNTOUCHED = new byte[GUARD];
  private static final byte GARBAGE = (byte) 0x7F;

  static {
    Arrays.fill(UNTOUCHED, GUARD_BYTE);
  }

  private final long capacity;
  private final Target.Convolutions convolutions;
  private final Map<Long, KernelSource> kernels = new HashMap<>();
  private final Map<Long, Long> allocations = new HashMap<>();
  private final Map<Long, Long> bases = new HashMap<>();
  private final List<String> log = new ArrayList<>();
  private long used;
  private Optional<String> failing = Optional.empty();
  private boolean idle;

  /**
   * Makes a device with so much memory, whose cuDNN has an algorithm for everything, or nothing.
   */
  public EmulatedDriver(long capacity, boolean cudnn) {
    this.capacity = capacity;
    convolutions = problem -> cudnn ? Optional.of(new Target.Algorithm(1, 1024)) : Optional.empty();
  }

  public EmulatedDriver() {
    this(1L << 30, true);
  }

  /** Returns what was asked so far, and forgets it. */
  synchronized List<String> takeLog() {
    List<String> lines = List.copyOf(log);
    log.clear();
    return lines;
  }

  /** Lets replayed graphs do nothing, and nothing be noted. */
  synchronized void idle() {
    idle = true;
  }

  private synchronized boolean isIdle() {
    return idle;
  }

  private synchronized void note(String line) {
    if (idle) {
      return;
    }
    log.add(line);
    if (failing.isPresent() && line.startsWith(failing.get())) {
      throw new CudaException(line + " failed: made to");
    }
  }

  /**
   * Makes everything fail from here on whose line in the log begins so; nothing if it is absent.
   */
  synchronized void failOn(Optional<String> beginning) {
    failing = beginning;
  }

  @Override
  public String name() {
    return "cuda:0";
  }

  @Override
  public Target target(boolean tensorFloat32) {
    return new Target("emulated device", 9, 0, 4, tensorFloat32, convolutions, product -> true);
  }

  @Override
  public synchronized long allocate(long bytes) {
    if (used + bytes > capacity) {
      log.add("allocate " + bytes + ": no memory");
      return 0;
    }
    used += bytes;
    long base = Pointer.malloc(bytes + 2 * GUARD + 256).address();
    long start = (base + GUARD + 255) / 256 * 256;
    set(start - GUARD, GUARD_BYTE, GUARD);
    set(start, GARBAGE, bytes);
    set(start + bytes, GUARD_BYTE, GUARD);
    allocations.put(start, bytes);
    bases.put(start, base);
    log.add("allocate " + bytes);
    return start;
  }

  @Override
  public synchronized void free(long address) {
    Long bytes = allocations.remove(address);
    if (bytes == null) {
      throw new IllegalStateException("not allocated: " + address);
    }
    requireGuards(address, bytes);
    used -= bytes;
    Pointer.free(new At(bases.remove(address)));
    log.add("free " + bytes);
  }

  /** Returns the bytes in use. */
  public synchronized long usedBytes() {
    return used;
  }

  /** Fails if something was written beside an allocation. */
  synchronized void requireGuards() {
    allocations.forEach(EmulatedDriver::requireGuards);
  }

  private static void requireGuards(long start, long bytes) {
    if (isWritten(start - GUARD) || isWritten(start + bytes)) {
      throw new IllegalStateException(
          "something was written beside an allocation of " + bytes + " bytes");
    }
  }

  private static boolean isWritten(long guard) {
    byte[] bytes = new byte[GUARD];
    new At(guard).get(bytes);
    return !Arrays.equals(bytes, UNTOUCHED);
  }

  @Override
  public synchronized MemoryState memory() {
    return new MemoryState(capacity - used, capacity);
  }

  @Override
  public HostMemory pageLocked(long bytes) {
    note("page-locked " + bytes);
    return HostMemory.uninitialized(bytes);
  }

  @Override
  public void clear(long address, long bytes) {
    set(address, (byte) 0, bytes);
  }

  @Override
  public void upload(HostMemory from, long to, long bytes) {
    move(from.address(), to, bytes);
  }

  @Override
  public void download(long from, HostMemory to, long bytes) {
    move(from, to.address(), bytes);
  }

  /** Returns all kernels that were loaded. */
  synchronized Set<KernelSource> kernels() {
    return Set.copyOf(kernels.values());
  }

  @Override
  public List<Long> load(List<KernelSource> sources) {
    List<Long> handles = NativeKernels.load(sources);
    synchronized (this) {
      for (int i = 0; i < handles.size(); i++) {
        kernels.put(handles.get(i), sources.get(i));
      }
    }
    return handles;
  }

  @Override
  public DriverStream newStream() {
    return new Stream();
  }

  /** Carries out each command at once, or records it. */
  private final class Stream implements DriverStream {
    private Optional<List<Runnable>> recording = Optional.empty();

    private record Recorded(List<Runnable> commands) implements Graph {
      @Override
      public void close() {}
    }

    private void run(String line, Runnable command) {
      note((recording.isPresent() ? "record " : "") + line);
      recording.ifPresentOrElse(r -> r.add(command), command);
    }

    @Override
    public void upload(HostMemory from, long offset, long to, long bytes) {
      run("upload " + bytes, () -> move(from.address() + offset, to, bytes));
    }

    @Override
    public void download(long from, HostMemory to, long offset, long bytes) {
      run("download " + bytes, () -> move(from, to.address() + offset, bytes));
    }

    @Override
    public void launch(long kernel, Launch launch, ToLongFunction<Address> memory) {
      byte[][] values =
          launch.arguments().stream().map(a -> Arguments.bytes(a, memory)).toArray(byte[][]::new);
      run(launch.toString(), () -> call(kernel, launch, values));
    }

    private void call(long kernel, Launch launch, byte[][] values) {
      Optional<String> trouble = NativeKernels.call(kernel, launch, values);
      if (trouble.isPresent()) {
        throw new IllegalStateException(
            trouble.get() + "\n" + launch + "\n" + launch.source().text());
      }
    }

    @Override
    public void gemm(Gemm command, ToLongFunction<Address> memory) {
      long batchA = command.oneA() ? 1 : command.batch();
      long batchB = command.oneB() ? 1 : command.batch();
      Shape a =
          command.transposeA()
              ? Shape.of(batchA, command.k(), command.m())
              : Shape.of(batchA, command.m(), command.k());
      Shape b =
          command.transposeB()
              ? Shape.of(batchB, command.n(), command.k())
              : Shape.of(batchB, command.k(), command.n());
      TensorType c =
          new TensorType(command.dtype(), Shape.of(command.batch(), command.m(), command.n()));
      long atA = memory.applyAsLong(command.a());
      long atB = memory.applyAsLong(command.b());
      long atC = memory.applyAsLong(command.c());
      Optional<Long> bias = command.epilogue().map(e -> memory.applyAsLong(e.bias()));
      run(
          command.toString(),
          () -> {
            Literal product =
                evaluate(
                    new Primitive.Contract(command.transposeA(), command.transposeB()),
                    List.of(
                        read(atA, new TensorType(command.dtype(), a)),
                        read(atB, new TensorType(command.dtype(), b))),
                    c);
            write(atC, bias.isEmpty() ? product : finish(product, bias.get(), command));
          });
    }

    private Literal finish(Literal product, long bias, Gemm command) {
      Literal vector = read(bias, TensorType.of(command.dtype(), command.n()));
      Literal.Builder builder = new Literal.Builder(product.type());
      for (long i = 0; i < product.size(); i++) {
        double sum = product.getDouble(i) + vector.getDouble(i % command.n());
        builder.setDouble(i, command.epilogue().orElseThrow().relu() ? Math.max(sum, 0) : sum);
      }
      return builder.build();
    }

    @Override
    public void convolution(ConvolutionCall command, ToLongFunction<Address> memory) {
      ConvolutionCall.Problem p = command.problem();
      long data = memory.applyAsLong(command.data());
      long filter = memory.applyAsLong(command.filter());
      long result = memory.applyAsLong(command.result());
      run(command.toString(), () -> convolve(p, data, filter, result));
    }

    private void convolve(ConvolutionCall.Problem p, long atData, long atFilter, long atResult) {
      TensorType data = type(p, p.data());
      TensorType result = type(p, p.result());
      List<Integer> sizes = p.filter();
      int rank = sizes.size();
      // The reference has the output channels last.
      List<Integer> moved = new ArrayList<>(sizes.subList(1, rank));
      moved.add(sizes.get(0));
      TensorType filter = type(p, moved);
      List<WindowAxis> axes =
          IntStream.range(0, rank - 2)
              .mapToObj(
                  i ->
                      new WindowAxis(
                          sizes.get(i + 1),
                          p.strides().get(i),
                          p.dilations().get(i),
                          p.padding().get(i),
                          p.padding().get(i)))
              .toList();
      Primitive.Convolve convolve = new Primitive.Convolve(p.kind(), axes, p.groups());
      switch (p.kind()) {
        case FORWARD ->
            write(
                atResult,
                mixing(
                    convolve,
                    List.of(read(atData, data), lastAxisFrom(read(atFilter, type(p, sizes)), true)),
                    result));
        case DATA_GRADIENT ->
            write(
                atData,
                mixing(
                    convolve,
                    List.of(
                        lastAxisFrom(read(atFilter, type(p, sizes)), true), read(atResult, result)),
                    data));
        case FILTER_GRADIENT ->
            write(
                atFilter,
                lastAxisFrom(
                    mixing(convolve, List.of(read(atData, data), read(atResult, result)), filter),
                    false));
      }
    }

    /** Computes as algorithms of Winograd and Fourier do: what is not finite spoils everything. */
    private Literal mixing(Primitive.Convolve convolve, List<Literal> inputs, TensorType output) {
      boolean finite =
          inputs.stream()
              .allMatch(
                  in ->
                      LongStream.range(0, in.size())
                          .allMatch(i -> Double.isFinite(in.getDouble(i))));
      return finite ? evaluate(convolve, inputs, output) : Literal.fill(output, Double.NaN);
    }

    private TensorType type(ConvolutionCall.Problem p, List<Integer> sizes) {
      return new TensorType(
          p.dtype(), Shape.of(sizes.stream().mapToLong(Integer::longValue).toArray()));
    }

    @Override
    public void fill(long to, int value, long bytes) {
      run("fill " + bytes, () -> set(to, (byte) value, bytes));
    }

    @Override
    public void copy(long from, long to, long bytes) {
      run("copy " + bytes, () -> move(from, to, bytes));
    }

    @Override
    public void beginCapture() {
      note("begin capture");
      recording = Optional.of(new ArrayList<>());
    }

    @Override
    public Graph endCapture() {
      note("end capture");
      Graph graph = new Recorded(recording.orElseThrow());
      recording = Optional.empty();
      return graph;
    }

    @Override
    public void abandonCapture() {
      note("abandon capture");
      recording = Optional.empty();
    }

    @Override
    public void replay(Graph graph) {
      note("replay");
      if (!isIdle()) {
        ((Recorded) graph).commands().forEach(Runnable::run);
      }
    }

    @Override
    public void synchronize() {
      note("synchronize");
      if (!isIdle()) {
        requireGuards();
      }
    }

    @Override
    public void close() {
      note("close stream");
    }
  }

  /** Moves the first axis to the end, or the last to the beginning. */
  private static Literal lastAxisFrom(Literal from, boolean first) {
    long[] dims = from.type().shape().dims();
    long moved = dims[first ? 0 : dims.length - 1];
    long rest = from.size() / Math.max(1, moved);
    long[] shape =
        first
            ? LongStream.concat(LongStream.of(dims).skip(1), LongStream.of(moved)).toArray()
            : LongStream.concat(LongStream.of(moved), LongStream.of(dims).limit(dims.length - 1L))
                .toArray();
    Literal.Builder builder = new Literal.Builder(from.type().withShape(Shape.of(shape)));
    for (long m = 0; m < moved; m++) {
      for (long r = 0; r < rest; r++) {
        long last = r * moved + m;
        long front = m * rest + r;
        builder.setDouble(first ? last : front, from.getDouble(first ? front : last));
      }
    }
    return builder.build();
  }

  private static Literal evaluate(Primitive primitive, List<Literal> inputs, TensorType output) {
    return ReferenceInterpreter.evaluate(primitive, inputs, List.of(output)).get(0);
  }

  /** Memory at an address that belongs to someone else. */
  private static final class At extends BytePointer {
    At(long address) {
      super((Pointer) null);
      this.address = address;
    }
  }

  static Literal read(long address, TensorType type) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes())];
    new At(address).get(bytes);
    return Literal.wrap(type, bytes);
  }

  static void write(long address, Literal value) {
    byte[] bytes = new byte[Math.toIntExact(value.type().bytes())];
    value.bytes().get(bytes);
    new At(address).put(bytes);
  }

  private static void set(long address, byte value, long bytes) {
    Pointer.memset(new At(address), value, bytes);
  }

  private static void move(long from, long to, long bytes) {
    Pointer.memmove(new At(to), new At(from), bytes);
  }
}
