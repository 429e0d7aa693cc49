package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** The devices of what is lowered: operations, values and resources. */
final class Homes {
  private final Variables variables;
  private final Optional<Homes> outer;
  private final Map<Operation, String> operations = new LinkedHashMap<>();
  private final Map<Value, String> values = new HashMap<>();

  /** What the operation that is lowered now said and refers to. */
  private final List<Value> emitted = new ArrayList<>();

  private final List<Resource> referenced = new ArrayList<>();

  /**
   * Starts without any.
   *
   * @param outer those of the program around the one that is lowered
   */
  Homes(Variables variables, Optional<Homes> outer) {
    this.outer = outer;
    this.variables = variables;
  }

  void emitted(Value value) {
    emitted.add(value);
  }

  void referenced(Resource resource) {
    referenced.add(resource);
  }

  /** Forgets what the operation before referred to. */
  void begin() {
    referenced.clear();
  }

  /**
   * Notes the device of what was just lowered: what writes a variable is where that is.
   *
   * @param chosen gives the device of what does not
   */
  void place(Operation operation, Supplier<String> chosen) {
    String device = referenced.isEmpty() ? chosen.get() : of(variables.owner(referenced.get(0)));
    operations.put(operation, device);
    emitted.forEach(v -> values.put(v, device));
    emitted.clear();
  }

  private String of(Operation lowered) {
    String device = operations.get(lowered);
    return device == null && outer.isPresent()
        ? outer.get().of(lowered)
        : Objects.requireNonNull(device, lowered.name());
  }

  String of(Value value) {
    return Objects.requireNonNull(values.get(value), value.toString());
  }

  /** Returns the device of each operation. */
  Map<Operation, String> operations() {
    return operations;
  }

  /** Returns the device of each value that has one: of several made together, of the first. */
  Map<Value, String> values() {
    return values;
  }

  /** Returns the device of each resource, by its name. */
  Map<String, String> resources() {
    Map<String, String> found = new HashMap<>();
    variables.owners().forEach((name, owner) -> found.put(name, of(owner)));
    return found;
  }
}
