package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.ProgramBuilder;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.RuleException;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What variables are and hold at each point of a run, while it is lowered. */
final class Variables {
  private final ProgramBuilder builder;
  private final Map<Resource, Resource> retyped = new LinkedHashMap<>();
  private final Map<Resource, Value> values = new LinkedHashMap<>();
  private final Map<Resource, Integer> writes = new HashMap<>();
  private final List<Resource> reads = new ArrayList<>();
  private final Map<String, Operation> owners = new LinkedHashMap<>();

  /** What the operations that hold variables say of them, by the variable's name. */
  private final Map<String, Resource> declared = new HashMap<>();

  private final Optional<Variables> outer;

  /**
   * Starts without any.
   *
   * @param outer those of the program around the one that is lowered, to whose run they are what it
   *     carries
   */
  Variables(ProgramBuilder builder, Optional<Variables> outer) {
    this.builder = builder;
    this.outer = outer;
  }

  /** Returns what the program has a resource as. */
  Resource own(Resource resource) {
    return outer.isPresent() ? new Resource(resource.name(), resource.type(), true) : resource;
  }

  /** Returns the resources that are read or written. */
  Set<Resource> used() {
    return values.keySet();
  }

  /** Returns the operation that owns each resource, by the resource's name. */
  Map<String, Operation> owners() {
    return owners;
  }

  Operation owner(Resource resource) {
    return owned(resource).orElseThrow(() -> new NoSuchElementException(resource.name()));
  }

  private Optional<Operation> owned(Resource resource) {
    return outer
        .flatMap(o -> o.owned(resource))
        .or(() -> Optional.ofNullable(owners.get(resource.name())));
  }

  /** Returns what the resources hold that the run reads or writes. */
  Collection<Value> values() {
    return values.values();
  }

  /** Returns the resources that are read before they are written. */
  List<Resource> reads() {
    return reads;
  }

  /** Returns what a tensor that refers to a resource meant at the beginning of the run. */
  Resource referred(Output output, Resource resource) {
    Operation operation = output.operation();
    owners.putIfAbsent(resource.name(), operation);
    return operation.inputs().isEmpty() ? declared(output, resource) : original(resource);
  }

  /** Returns the resource of an operation that holds one, perhaps the same as another does. */
  private Resource declared(Output output, Resource resource) {
    if (outer.isPresent()) {
      return outer.get().referred(output, resource);
    }
    Resource known = declared.putIfAbsent(resource.name(), resource);
    if (known == null || known.equals(resource)) {
      return resource;
    }
    TensorType type = output.type().target();
    if (type.dtype() != known.type().dtype()
        || !type.shape().isCompatibleWith(known.type().shape())) {
      throw new RuleException(
          "the variable '%s' is %s here, but %s where it was made at %s"
              .formatted(resource.name(), type, known.type(), owner(resource).source()));
    }
    return known;
  }

  /** Returns what a resource of the beginning of the run is at this point. */
  Resource current(Resource original) {
    return retyped.getOrDefault(original, original);
  }

  /** Returns how often each resource of the beginning of the run was written to that was. */
  Map<Resource, Integer> writes() {
    return writes;
  }

  /** Returns how often a resource of the beginning of the run was written to. */
  int writes(Resource original) {
    return writes.getOrDefault(original, 0);
  }

  /** Returns what a resource of the beginning of the run holds now, if that was read or written. */
  @Nullable Value held(Resource original) {
    return values.get(current(original));
  }

  /** Returns what a resource was at the beginning of the run. */
  private Resource original(Resource resource) {
    for (Map.Entry<Resource, Resource> entry : retyped.entrySet()) {
      if (entry.getValue().equals(resource)) {
        return entry.getKey();
      }
    }
    return resource;
  }

  /** Makes a resource one of another type, without a value, if that is not fixed. */
  Resource retype(Resource before, TensorType type) {
    Resource first = original(before);
    if (owner(before).output(0).type().target().shape().isFullyDefined()) {
      if (!type.equals(first.type())) {
        throw new RuleException(
            ("the variable '%s' is always %s and does not become %s: only one made "
                    + "without a fixed shape may change it")
                .formatted(before.name(), first.type(), type));
      }
      return before;
    }
    Resource after = new Resource(before.name(), type);
    builder.forgetUpdate(before);
    retyped.put(first, after);
    return after;
  }

  /** Returns the resources that stand for those of other types after the run. */
  List<Resource> retyped() {
    return List.copyOf(retyped.values());
  }

  /** Returns what a resource holds. */
  Value read(Resource resource, Operation operation) {
    Value value = values.get(resource);
    if (value == null) {
      owners.putIfAbsent(resource.name(), operation);
      reads.add(resource);
      value =
          builder.emit(
              new Primitive.Read(own(resource)),
              List.of(),
              resource.type(),
              Origin.of(resource.name()));
      values.put(resource, value);
    }
    return value;
  }

  /** Sets what a resource holds. */
  void write(Resource resource, Value value, Operation operation) {
    if (!value.type().equals(resource.type())) {
      throw new RuleException(
          "a value of type %s does not fit the variable '%s' of type %s"
              .formatted(value.type(), resource.name(), resource.type()));
    }
    owners.putIfAbsent(resource.name(), operation);
    values.put(resource, value);
    writes.merge(original(resource), 1, Integer::sum);
    builder.update(own(resource), value);
  }
}
