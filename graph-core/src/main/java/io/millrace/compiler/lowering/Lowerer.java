package io.millrace.compiler.lowering;

import io.millrace.FeedException;
import io.millrace.GraphException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ProgramBuilder;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Inference;
import io.millrace.op.Messages;
import io.millrace.op.Op;
import io.millrace.op.RuleException;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns the operations that a run needs into a program, one after another; used once. */
public final class Lowerer {
  private final Request request;
  private final ProgramBuilder builder = new ProgramBuilder();
  private final KnownValues known;
  private final Map<Output, Value> values = new HashMap<>();
  private final Map<Output, Resource> references = new HashMap<>();
  private final Map<Resource, Resource> retyped = new LinkedHashMap<>();
  private final Map<Resource, Value> state = new HashMap<>();
  private final List<Resource> reads = new ArrayList<>();
  private final Map<String, Operation> owners = new LinkedHashMap<>();
  private final List<Operation> unfed = new ArrayList<>();
  private final List<Output> feedOrder = new ArrayList<>();
  private final Map<Operation, String> placement = new LinkedHashMap<>();
  private final Map<Value, String> devices = new HashMap<>();
  private final List<Value> emitted = new ArrayList<>();
  private final List<Resource> referenced = new ArrayList<>();
  private final Set<Operation> skipped = new HashSet<>();

  public Lowerer(Request request) {
    this.request = request;
    known = new KnownValues(request.known(), request.feeds()::containsKey, this::type);
  }

  /** Returns the program of these operations, which are in the order of the graph. */
  public Program lower(List<Operation> operations) {
    addFeeds(operations);
    Set<Output> fetched = new HashSet<>(request.fetches());
    for (Operation operation : operations) {
      if (operation.inputs().stream().anyMatch(i -> isSkipped(i))) {
        skipped.add(operation);
        continue;
      }
      try {
        lower(operation);
      } catch (RuleException e) {
        throw broken(operation, String.valueOf(e.getMessage()));
      }
      place(operation);
      for (Output output : operation.outputs()) {
        Resource resource = resource(output);
        if (resource != null && fetched.contains(output)) {
          values.putIfAbsent(output, read(resource, operation));
        }
      }
    }
    if (!unfed.isEmpty()) {
      throw new FeedException(
          unfed.stream()
              .map(o -> "  " + o.output(0) + "\n    at " + o.source())
              .collect(
                  Collectors.joining(
                      "\n", "the run needs values for these placeholders, so feed them:\n", "")));
    }
    return builder.build(request.fetches().stream().map(this::value).toList());
  }

  public List<Output> feedOrder() {
    return feedOrder;
  }

  /** Notes the device of what was just lowered: what writes a variable is where that is. */
  private void place(Operation operation) {
    String device =
        referenced.isEmpty()
            ? request.devices().apply(operation)
            : deviceOf(Objects.requireNonNull(owners.get(referenced.get(0).name())));
    placement.put(operation, device);
    emitted.forEach(v -> devices.put(v, device));
    emitted.clear();
    referenced.clear();
  }

  private String deviceOf(Operation lowered) {
    return Objects.requireNonNull(placement.get(lowered), lowered.name());
  }

  /** Returns the device of each operation. */
  public Map<Operation, String> placement() {
    return placement;
  }

  /** Returns the device of what operations compute, by the first output of an instruction. */
  public Map<Value, String> devices() {
    return devices;
  }

  /** Returns the device of each resource, by its name. */
  public Map<String, String> resourceDevices() {
    Map<String, String> found = new HashMap<>();
    owners.forEach((name, owner) -> found.put(name, deviceOf(owner)));
    return found;
  }

  /** Returns the resources that the program reads before it writes them. */
  public List<Resource> requiredInitialized() {
    return reads.stream().filter(r -> !r.startsAtZero()).toList();
  }

  public Map<String, Operation> resourceOperations() {
    return owners;
  }

  private void addFeeds(List<Operation> operations) {
    Set<Output> wanted = new HashSet<>(request.fetches());
    operations.forEach(o -> wanted.addAll(o.inputs()));
    wanted.stream()
        .filter(request::isFed)
        .sorted(
            Comparator.<Output>comparingInt(o -> o.operation().id())
                .thenComparingInt(Output::index))
        .forEach(this::addFeed);
  }

  private void addFeed(Output output) {
    Shape shape = request.fedShape(output);
    if (!shape.isFullyDefined() || !shape.isCompatibleWith(output.shape())) {
      throw new FeedException(
          output + " is fed a tensor of shape " + shape + "\n  at " + output.operation().source());
    }
    feedOrder.add(output);
    values.put(output, builder.feed(output.type().withShape(shape), origin(output.operation())));
  }

  private boolean isSkipped(Output output) {
    return skipped.contains(output.operation()) && !request.gives(output);
  }

  private void lower(Operation operation) {
    if (operation.op().sizes() > 0 && request.fetches().contains(operation.sizes())) {
      lowerSizes(operation);
      return;
    }
    List<TensorType> types = inference(operation, () -> sizes(operation)).typesOf(operation.op());
    operation.op().lower(new NodeLowering(this, operation, operation.outputs(), types));
    if (skipped.contains(operation)) {
      return;
    }
    for (Output output : operation.outputs()) {
      TensorType wanted = types.get(output.index());
      Resource resource = resource(output);
      Value value = values.get(output);
      Optional<TensorType> made =
          resource != null
              ? Optional.of(resource.type())
              : Optional.ofNullable(value).map(Value::type);
      boolean fits =
          made.filter(m -> m.dtype() == wanted.dtype())
              .filter(m -> m.shape().isCompatibleWith(wanted.shape()))
              .isPresent();
      if (!request.gives(output) && !fits) {
        throw new IllegalStateException(
            operation
                + " infers its output "
                + output.index()
                + " as "
                + wanted
                + " but lowers it to "
                + made.map(TensorType::toString).orElse("nothing"));
      }
    }
  }

  private Inference inference(Operation operation, Supplier<Optional<long[]>> sizes) {
    return new Inference(
        operation.inputs().stream().map(this::type).toList(),
        i -> Optional.of(known.of(operation.input(i))),
        sizes);
  }

  private Optional<long[]> sizes(Operation operation) {
    return operation.op().sizes() == 0
        ? Optional.empty()
        : Optional.of(known.of(operation.sizes()).toLongs());
  }

  private void lowerSizes(Operation operation) {
    inference(operation, Optional::empty).typesOf(operation.op());
    List<Output> sizes = List.of(operation.sizes());
    operation
        .op()
        .lowerSizes(new NodeLowering(this, operation, sizes, List.of(operation.sizes().type())));
  }

  /** Returns the exact type of a tensor that is given or whose operation was lowered. */
  TensorType type(Output output) {
    Value value = values.get(output);
    if (value != null) {
      return value.type();
    }
    Literal literal = request.known().get(output);
    if (literal != null) {
      return literal.type();
    }
    return Objects.requireNonNull(resource(output), output.name()).type();
  }

  /** Returns what a tensor is for an operation that is lowered now. */
  Value input(Output output, Operation operation) {
    Resource resource = resource(output);
    return resource != null && !request.gives(output) ? read(resource, operation) : value(output);
  }

  /** Returns the value of a tensor that is given, computed, or was fetched where it was read. */
  private Value value(Output output) {
    Value value = values.get(output);
    if (value == null) {
      Literal literal = Objects.requireNonNull(request.known().get(output), output.name());
      value =
          builder.emit(
              new Primitive.Constant(literal),
              List.of(),
              literal.type(),
              origin(output.operation()));
      values.put(output, value);
    }
    return value;
  }

  Literal constant(Output output) {
    return known.of(output);
  }

  void set(Output output, Value value) {
    if (!request.gives(output)) {
      values.put(output, value);
    }
  }

  void setReference(Output output, Resource resource) {
    owners.putIfAbsent(resource.name(), output.operation());
    references.put(output, original(resource));
  }

  /** Returns what a reference means at this point of the run, or null if a tensor is none. */
  private @Nullable Resource resource(Output output) {
    Resource original = references.get(output);
    return original == null ? null : retyped.getOrDefault(original, original);
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

  boolean isInitialized(Operation operation, int input) {
    return builder.isUpdated(reference(operation, input))
        || known.of(operation.sizes()).getLong(0) != 0;
  }

  Resource retype(Operation operation, int input, TensorType type) {
    Resource before = reference(operation, input);
    Resource first = original(before);
    boolean fixed =
        Objects.requireNonNull(owners.get(before.name())).op().sizes() != Op.SHAPE_OF_STATE;
    if (fixed && !type.equals(first.type())) {
      throw new RuleException(
          "the variable '"
              + before.name()
              + "' is always "
              + first.type()
              + " and does not become "
              + type
              + ": only one made without a fixed shape may change it");
    }
    Resource after = new Resource(before.name(), type, before.startsAtZero());
    builder.forgetUpdate(before);
    retyped.put(first, after);
    return after;
  }

  /** Returns the resources that stand for those of other types after the run. */
  public List<Resource> retyped() {
    return List.copyOf(retyped.values());
  }

  Resource reference(Operation operation, int input) {
    Output output = operation.input(input);
    Resource resource = resource(output);
    if (resource == null || request.gives(output)) {
      throw new RuleException(
          "input " + input + " must be a variable" + (request.gives(output) ? ", not fed" : ""));
    }
    referenced.add(resource);
    return resource;
  }

  Value read(Resource resource, Operation operation) {
    Value value = state.get(resource);
    if (value == null) {
      owners.putIfAbsent(resource.name(), operation);
      reads.add(resource);
      value =
          builder.emit(
              new Primitive.Read(resource), List.of(), resource.type(), Origin.of(resource.name()));
      state.put(resource, value);
    }
    return value;
  }

  void write(Resource resource, Value value, Operation operation) {
    if (!value.type().equals(resource.type())) {
      throw new RuleException(
          "a value of type "
              + value.type()
              + " does not fit the variable '"
              + resource.name()
              + "' of type "
              + resource.type());
    }
    owners.putIfAbsent(resource.name(), operation);
    state.put(resource, value);
    builder.update(resource, value);
  }

  List<Value> emit(
      Primitive primitive, List<Value> inputs, List<TensorType> types, Operation operation) {
    List<Value> outputs = builder.emit(primitive, inputs, types, origin(operation));
    emitted.add(outputs.get(0));
    return outputs;
  }

  void check(Value condition, Primitive.Check check, List<Value> shown, Operation operation) {
    List<Value> inputs = new ArrayList<>(List.of(condition));
    inputs.addAll(shown);
    builder.check(emit(check, inputs, List.of(condition.type()), operation).get(0));
  }

  void missing(Operation operation) {
    unfed.add(operation);
    skipped.add(operation);
  }

  private static Origin origin(Operation operation) {
    return Origin.of(operation.name(), operation.source());
  }

  private GraphException broken(Operation operation, String rule) {
    List<String> inputs = operation.inputs().stream().map(i -> i.name() + " " + type(i)).toList();
    return new GraphException(
        Messages.broken(operation.op(), operation.name(), inputs, rule, operation.source()));
  }
}
