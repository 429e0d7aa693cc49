package io.millrace.cuda;

import java.util.List;
import java.util.function.ToLongFunction;

/** Gives single commands to a stream. */
final class SingleCommands {
  private SingleCommands() {}

  static void add(
      Command command, Driver driver, DriverStream stream, ToLongFunction<Address> memory) {
    command.accept(
        new Command.Visitor() {
          @Override
          public void launch(Launch launch) {
            stream.launch(driver.load(List.of(launch.source())).get(0), launch, memory);
          }

          @Override
          public void gemm(Gemm gemm) {
            stream.gemm(gemm, memory);
          }

          @Override
          public void convolution(Convolution convolution) {
            stream.convolution(convolution, memory);
          }

          @Override
          public void fill(Fill fill) {
            stream.fill(memory.applyAsLong(fill.to()), fill.value(), fill.bytes());
          }

          @Override
          public void copy(Copy copy) {
            stream.copy(
                memory.applyAsLong(copy.from()), memory.applyAsLong(copy.to()), copy.bytes());
          }
        });
  }
}
