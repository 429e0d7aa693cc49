package io.millrace.cuda.device;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.driver.Driver;
import io.millrace.cuda.kernels.CheckCommands;
import io.millrace.cuda.program.DeviceProgram;
import io.millrace.ir.CheckMessage;
import io.millrace.ir.Primitive;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.spi.StepException;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Says in words what the code of a failed step means. */
final class StepFailures {
  private StepFailures() {}

  /** Returns what is thrown for a code that the device left. */
  static StepException of(int code, CudaExecutable executable, ToLongFunction<Address> memory) {
    DeviceProgram.Part part = executable.program().part(StepContext.stepOf(code));
    Step step = part.step();
    String message =
        switch (StepContext.failureOf(code)) {
          case CHECK -> check(part, executable.driver(), memory);
          case DIVISION_BY_ZERO -> "integer division by zero";
          case NEGATIVE_POWER -> "integers to negative integer powers are not allowed";
        };
    return new StepException(step.origin(), message);
  }

  private static String check(
      DeviceProgram.Part part, Driver driver, ToLongFunction<Address> memory) {
    Primitive.Check check = (Primitive.Check) part.step().primitive();
    List<TensorType> types = part.step().inputs().stream().skip(1).map(Place::type).toList();
    CheckMessage message = new CheckMessage(check, types);
    List<Literal> evidence = new ArrayList<>();
    for (TensorType type : CheckCommands.evidence(check, types)) {
      long from = memory.applyAsLong(part.evidence().get(evidence.size()));
      evidence.add(read(driver, from, type));
    }
    if (check.suspect().isEmpty()) {
      return message.of((i, at) -> evidence.get(i).bits(at));
    }
    long position = evidence.get(0).getLong(0);
    long from = check.suspect().get().from(position);
    return message.found(position, (i, at) -> evidence.get(1).bits(at - from));
  }

  private static Literal read(Driver driver, long from, TensorType type) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes())];
    if (bytes.length > 0) {
      try (HostMemory memory = HostMemory.uninitialized(bytes.length)) {
        driver.download(from, memory, bytes.length);
        memory.window(0).get(0, bytes);
      }
    }
    return Literal.wrap(type, bytes);
  }
}
