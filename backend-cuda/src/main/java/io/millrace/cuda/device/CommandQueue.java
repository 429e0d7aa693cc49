package io.millrace.cuda.device;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Command;
import io.millrace.cuda.command.ConvolutionCall;
import io.millrace.cuda.command.Copy;
import io.millrace.cuda.command.Fill;
import io.millrace.cuda.command.Gemm;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.driver.DriverStream;
import io.millrace.cuda.libraries.CudaException;
import io.millrace.cuda.program.DeviceProgram;
import io.millrace.spi.HostMemory;
import io.millrace.spi.StepException;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.function.ToLongFunction;

/** Gives a plan's commands, and the transfers before and after them, to a stream. */
final class CommandQueue implements Command.Visitor {
  /** The status word of a run in which nothing failed. */
  static final int NOTHING_FAILED = -1;

  private static final int NOTHING_FAILED_BYTE = 0xFF;

  private final CudaExecutable executable;
  private final DriverStream stream;
  private final ToLongFunction<Address> memory;
  private final HostMemory exchange;

  /**
   * Makes a queue.
   *
   * @param memory where addresses are
   * @param exchange page-locked memory with the layout of the frame's beginning
   */
  CommandQueue(
      CudaExecutable executable,
      DriverStream stream,
      ToLongFunction<Address> memory,
      HostMemory exchange) {
    this.executable = executable;
    this.stream = stream;
    this.memory = memory;
    this.exchange = exchange;
  }

  /** Returns where addresses are. */
  ToLongFunction<Address> memory() {
    return memory;
  }

  /**
   * Has a section done and waits after each step.
   *
   * @throws StepException if one cannot be done; it names the step
   */
  void run(Section section) {
    if (section.isFirst()) {
      before();
    }
    for (DeviceProgram.Part part : section.parts()) {
      try {
        part.commands().forEach(c -> c.accept(this));
        stream.synchronize();
      } catch (CudaException e) {
        throw new StepException(part.origin(), String.valueOf(e.getMessage()));
      }
    }
    end(section);
  }

  /** Records a section. */
  DriverStream.Graph record(Section section) {
    stream.beginCapture();
    try {
      if (section.isFirst()) {
        before();
      }
      section.parts().forEach(p -> p.commands().forEach(c -> c.accept(this)));
      end(section);
    } catch (RuntimeException | Error e) {
      stream.abandonCapture();
      throw e;
    }
    return stream.endCapture();
  }

  /** Brings to the host what it asks then, or what is fetched. */
  private void end(Section section) {
    if (section.isLast()) {
      fetch();
    }
    for (Decision decision : section.decisions()) {
      stream.download(
          memory.applyAsLong(decision.from()), exchange, decision.at(), decision.bytes());
    }
    if (executable.program().mayFail() && (section.isLast() || !section.decisions().isEmpty())) {
      stream.download(status(), exchange, 0, ExecutionLayout.STATUS_BYTES);
    }
  }

  private void before() {
    DeviceProgram program = executable.program();
    List<TensorType> feeds = program.plan().feeds();
    for (int i = 0; i < feeds.size(); i++) {
      if (feeds.get(i).bytes() > 0) {
        long at = executable.layout().feeds().get(i);
        long to = memory.applyAsLong(new Address(Address.Space.FEED, i, 0));
        stream.upload(exchange, at, to, feeds.get(i).bytes());
      }
    }
    if (program.mayFail()) {
      stream.fill(status(), NOTHING_FAILED_BYTE, ExecutionLayout.STATUS_BYTES);
    }
  }

  private void fetch() {
    DeviceProgram program = executable.program();
    List<TensorType> fetches = program.plan().fetches();
    for (int i = 0; i < fetches.size(); i++) {
      if (fetches.get(i).bytes() > 0) {
        long at = executable.layout().fetches().get(i);
        long from = memory.applyAsLong(new Address(Address.Space.FETCH, i, 0));
        stream.download(from, exchange, at, fetches.get(i).bytes());
      }
    }
  }

  private long status() {
    return memory.applyAsLong(new Address(Address.Space.STATUS, 0, 0));
  }

  @Override
  public void launch(Launch command) {
    stream.launch(executable.kernel(command.source()), command, memory);
  }

  @Override
  public void gemm(Gemm command) {
    stream.gemm(command, memory);
  }

  @Override
  public void convolution(ConvolutionCall command) {
    stream.convolution(command, memory);
  }

  @Override
  public void fill(Fill command) {
    stream.fill(memory.applyAsLong(command.to()), command.value(), command.bytes());
  }

  @Override
  public void copy(Copy command) {
    stream.copy(
        memory.applyAsLong(command.from()), memory.applyAsLong(command.to()), command.bytes());
  }
}
