package io.millrace.cuda;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Command;
import io.millrace.cuda.command.ConvolutionCall;
import io.millrace.cuda.command.Copy;
import io.millrace.cuda.command.Fill;
import io.millrace.cuda.command.Gemm;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.driver.Driver;
import io.millrace.cuda.driver.DriverStream;
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
          public void convolution(ConvolutionCall convolution) {
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
