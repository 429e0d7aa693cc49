package io.millrace.io;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Argument;
import io.millrace.op.ForeignOp;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Tells who takes a variable itself, and not only the value that it has. */
final class References {
  private References() {}

  /** Returns the operation that takes a variable itself: the given one, or one that it calls. */
  static Optional<Operation> taking(Operation user) {
    Set<Output> seen = new HashSet<>();
    for (int i = 0; i < user.inputs().size(); i++) {
      if (user.input(i).isReference()) {
        Optional<Operation> taking = taking(user, i, seen);
        if (taking.isPresent()) {
          return taking;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Operation> taking(Operation user, int input, Set<Output> seen) {
    if (user.op().functions().isEmpty()) {
      return user.op().isStateful() && user.op().ofValue().isEmpty()
          ? Optional.of(user)
          : Optional.empty();
    }
    for (GraphFunction function : user.op().functions()) {
      int argument = input - user.inputs().size() + function.parameters().size();
      if (argument >= 0) {
        Optional<Operation> taking = taking(function, function.parameters().get(argument), seen);
        if (taking.isPresent()) {
          return taking;
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the operation of a function that takes an argument as the variable that it is. */
  static Optional<Operation> taking(GraphFunction function, Output parameter) {
    return taking(function, parameter, new HashSet<>());
  }

  private static Optional<Operation> taking(
      GraphFunction function, Output parameter, Set<Output> seen) {
    if (!parameter.isReference() || !seen.add(parameter)) {
      return Optional.empty();
    }
    for (Operation operation : function.body().operations()) {
      for (int i = 0; i < operation.inputs().size(); i++) {
        if (operation.input(i).equals(parameter)) {
          Optional<Operation> taking = taking(operation, i, seen);
          if (taking.isPresent()) {
            return taking;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Returns a variable that is made in a function that an operation calls. */
  static Optional<Operation> variable(Operation call) {
    return inside(call, o -> isVariable(o) && !(o.op() instanceof Argument), new HashSet<>());
  }

  /** Returns an operation of such a kind in the functions that an operation calls. */
  private static Optional<Operation> inside(
      Operation call, Predicate<Operation> kind, Set<GraphFunction> seen) {
    for (GraphFunction function : call.op().functions()) {
      if (seen.add(function)) {
        for (Operation operation : function.body().operations()) {
          Optional<Operation> found =
              kind.test(operation) ? Optional.of(operation) : inside(operation, kind, seen);
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Returns whether an operation refers to state of its own, not to that of an input. */
  static boolean isVariable(Operation operation) {
    return operation.op().refersToState() && operation.inputs().isEmpty();
  }

  /** Returns whether running an operation does more than compute its outputs. */
  static boolean hasEffects(Operation operation) {
    return isEffect(operation)
        || inside(operation, References::isEffect, new HashSet<>()).isPresent();
  }

  private static boolean isEffect(Operation operation) {
    return operation.op().functions().isEmpty()
        && operation.op().isStateful()
        && !isVariable(operation)
        && !isRead(operation)
        && !(operation.op() instanceof Argument);
  }

  /** Returns whether an operation reads a variable that it takes by its handle. */
  private static boolean isRead(Operation operation) {
    return !operation.op().writesState()
        && !(operation.op() instanceof ForeignOp)
        && operation.inputs().stream().anyMatch(Output::isHandle);
  }
}
