package io.millrace.ops.state;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.GraphKeys;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Variable;
import io.millrace.ops.array.Constants;
import io.millrace.ops.array.IdentityOps;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.flow.ControlOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Tensors that keep their values from run to run, and writing to them. */
public interface VariableOps extends Building {

  /** Returns a trainable variable that starts with this value. TensorFlow: VariableV2. */
  default Variable variable(Object initialValue, String name) {
    return variable(initialValue, name, Variable.Options.defaults());
  }

  /** Returns a trainable variable of this type, that starts with this value. */
  default Variable variable(Object initialValue, DType dtype) {
    Arguments.requireEach("initialValue, dtype", initialValue, dtype);
    return variable(tf().withName("initial_value").constant(initialValue, dtype));
  }

  /** Returns a trainable variable of this type and name, that starts with this value. */
  default Variable variable(Object initialValue, DType dtype, String name) {
    Arguments.requireEach("initialValue, dtype, name", initialValue, dtype, name);
    return variable(tf().withName(name + "/initial_value").constant(initialValue, dtype), name);
  }

  /** Returns a trainable variable that starts with this value. TensorFlow: VariableV2. */
  default Variable variable(Object initialValue) {
    return variable(initialValue, nameOr("Variable"));
  }

  /**
   * Returns a variable that starts with this value once its initializer has run. TensorFlow:
   * VariableV2, or VarHandleOp if the options want a resource variable.
   *
   * <p>Makes the operations {@code name} (which holds the value), {@code name/initial_value} for a
   * value that is not a tensor of the graph yet, {@code name/Assign} and {@code name/read} ({@code
   * name/Read/ReadVariableOp} of a resource variable). They do not wait for the control
   * dependencies in force.
   *
   * @throws GraphException if the value's shape is not fully defined, unless the options let the
   *     variable's shape change
   */
  default Variable variable(Object initialValue, String name, Variable.Options options) {
    Arguments.requireEach("initialValue, name, options", initialValue, name, options);
    Graph graph = graph();
    Graph.Scope init = graph.initScope();
    Graph.Scope scope = graph.nameScope(name);
    try (init;
        scope) {
      String own = graph.currentNameScope();
      Output initial = Constants.named(graph, "initial_value", initialValue, Optional.empty());
      if (options.validateShape() && !initial.shape().isFullyDefined()) {
        throw Refusal.of(
            "VariableV2 '" + own.substring(0, own.length() - 1) + "'",
            "the initial value is %s: a variable's shape must be fully defined",
            initial);
      }
      Output reference =
          graph
              .add(
                  options.holder(initial.type(), own.substring(0, own.length() - 1)),
                  own,
                  List.of())
              .output(0);
      Op first = new Assign(options.validateShape(), options.resource());
      Operation assign = graph.add(first, "Assign", List.of(reference, initial));
      Output read =
          options.resource()
              ? ResourceOps.read(graph, reference, "Read/ReadVariableOp", List.of())
              : graph.add(new IdentityOps.Identity(), "read", List.of(reference)).output(0);
      Variable variable =
          new Variable(reference, Optional.of(assign), Optional.of(read), options.trainable());
      options.collections().forEach(key -> graph.addToCollection(key, variable));
      if (options.trainable()) {
        graph.addToCollection(GraphKeys.TRAINABLE_VARIABLES, variable);
      }
      return variable;
    }
  }

  /**
   * Adds an operation that sets a variable, and returns the new value. TensorFlow: Assign.
   *
   * @param ref a {@link Variable} or the result of an assignment to one
   */
  default Output assign(Operand ref, Object value) {
    return write(handle -> new Assign(true, handle), ref, value);
  }

  /**
   * Adds an operation that sets a variable and, unless {@code validateShape}, gives it the value's
   * shape, and returns the new value. TensorFlow: Assign.
   */
  default Output assign(Operand ref, Object value, boolean validateShape) {
    return write(handle -> new Assign(validateShape, handle), ref, value);
  }

  /** Adds an operation that adds to a variable, and returns the new value: AssignAdd. */
  default Output assignAdd(Operand ref, Object value) {
    return write(handle -> new AssignUpdate(Change.ADD, handle), ref, value);
  }

  /** Adds an operation that subtracts from a variable, and returns the new value: AssignSub. */
  default Output assignSub(Operand ref, Object value) {
    return write(handle -> new AssignUpdate(Change.SUB, handle), ref, value);
  }

  private Output write(Writes.Form form, Operand ref, Object value) {
    Arguments.requireEach("ref, value", ref, value);
    String type = form.of(false).type();
    return Writes.add(this, form, ref, dtype -> List.of(operand(type, value, dtype)));
  }

  /** Returns the variables so far, those of imported graphs too. TensorFlow: global_variables. */
  default List<Variable> globalVariables() {
    return graph().collection(GraphKeys.GLOBAL_VARIABLES, Variable.class);
  }

  /** Returns the variables that optimizers change. TensorFlow: trainable_variables. */
  default List<Variable> trainableVariables() {
    return graph().collection(GraphKeys.TRAINABLE_VARIABLES, Variable.class);
  }

  /**
   * Returns the variable of this name, with the name scopes around it.
   *
   * @throws GraphException if there is none; the message names those that there are
   */
  default Variable variableNamed(String name) {
    return globalVariables().stream()
        .filter(v -> v.name().equals(name))
        .findAny()
        .orElseThrow(
            () ->
                Refusal.of(
                    "VariableV2",
                    "no variable is called '%s': there are %s",
                    name,
                    globalVariables().stream().map(Variable::name).limit(20).toList()));
  }

  /**
   * Returns the operation that gives every variable made so far its first value. A variable of a
   * file that has no initializer of it is left out.
   */
  default Operation globalVariablesInitializer() {
    return initializer(
        "init", globalVariables().stream().filter(Variable::hasInitializer).toList());
  }

  /** Returns the operation that gives these variables their first values. */
  default Operation variablesInitializer(Collection<Variable> variables) {
    Arguments.requireAll(variables, "variables");
    return initializer("init", variables);
  }

  private Operation initializer(String name, Collection<Variable> variables) {
    return graph()
        .add(
            new ControlOps.NoOp(),
            nameOr(name),
            List.of(),
            variables.stream().map(Variable::initializer).toList());
  }

  /**
   * Holds a tensor from run to run; its output refers to the variable. If the shape is not fully
   * defined it may change.
   */
  record VariableV2(DType dtype, Shape shape, Shared shared) implements Op {
    private static final Signature SIGNATURE = Signature.of().alias("Variable");

    /** Makes the holder of the variable that has its own name. */
    public VariableV2(DType dtype, Shape shape) {
      this(dtype, shape, Shared.OWN);
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(now(in, dtype, shape, shared));
    }

    /** Returns the type that a variable has now, as far as that is known. */
    static TensorType now(Inference in, DType dtype, Shape shape, Shared shared) {
      in.require(!dtype.isHandle(), "%s is no type of elements", dtype);
      Optional<Shape> now =
          shape.isFullyDefined() ? Optional.of(shape) : in.stateShape(shared::name);
      return new TensorType(dtype, now.orElse(shape));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it has no inputs");
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public boolean refersToState() {
      return true;
    }

    @Override
    public void lower(Lowering to) {
      to.outputReference(0, new Resource(shared.name(to.name()), to.outputType(0)));
    }

    static List<Example> examples() {
      return List.of(Example.accepts(new VariableV2(DType.FLOAT32, Shape.of(2, 3))));
    }
  }

  /**
   * Sets the variable that input 0 leads to; input 1 is the value.
   *
   * <p>A variable taken by its handle keeps a shape that it was made with, whatever {@code
   * validateShape} says.
   */
  record Assign(boolean validateShape, boolean handle) implements WritingOp {
    private static final Signature REFERENCE =
        Signature.of("ref: T", "value: T")
            .told("handle")
            .optional("validate_shape", true)
            .ignoring("use_locking");

    private static final Signature HANDLE =
        Signature.of("resource: resource", "value: dtype")
            .told("handle")
            .optional("validate_shape", false);

    @Override
    public String type() {
      return handle ? "AssignVariableOp" : "Assign";
    }

    @Override
    public Signature signature() {
      return handle ? HANDLE : REFERENCE;
    }

    @Override
    public List<TensorType> infer(Inference inputs) {
      Inference in = inputs.dereferenced(inputs.dtype(1));
      if (validateShape) {
        WritingOp.requireFit(in, 0, 1);
      }
      return results(in.type(validateShape ? 0 : 1));
    }

    @Override
    public void lower(Lowering to) {
      Value value = to.input(1);
      Resource resource = validateShape ? to.reference(0) : to.retype(0, value.type());
      to.write(resource, value);
      result(to, resource);
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (boolean handle : new boolean[] {false, true}) {
        Op op = new Assign(true, handle);
        examples.add(
            Example.accepts(op)
                .withVariable(handle, -2, 2, DType.FLOAT32, 2)
                .with(DType.FLOAT32, 2));
        examples.add(Example.accepts(op).withVariable(handle, 0, 2, DType.BOOL).with(DType.BOOL));
        examples.add(
            Example.accepts(new Assign(false, handle))
                .withVariable(handle, -2, 2, DType.FLOAT32, 2)
                .with(DType.FLOAT32, 2));
        examples.add(
            Example.rejects(op, "shape [2,3] does not take a value of shape [3]")
                .withVariable(handle, -2, 2, DType.FLOAT32, 2, 3)
                .with(DType.FLOAT32, 3));
      }
      return examples;
    }
  }

  /** What a value does to a variable. */
  enum Change {
    ADD("AssignAdd", BinaryFn.ADD),
    SUB("AssignSub", BinaryFn.SUB);

    private final String type;
    private final BinaryFn function;

    Change(String type, BinaryFn function) {
      this.type = type;
      this.function = function;
    }
  }

  /** Changes the variable that input 0 leads to; input 1 is the operand. */
  record AssignUpdate(Change change, boolean handle) implements WritingOp {
    private static final Signature REFERENCE =
        Signature.of("ref: T in numeric", "value: T")
            .told("change")
            .told("handle")
            .ignoring("use_locking");

    private static final Signature HANDLE =
        Signature.of("resource: resource", "value: dtype in numeric").told("change").told("handle");

    @Override
    public String type() {
      return handle ? change.type + "VariableOp" : change.type;
    }

    @Override
    public Signature signature() {
      return handle ? HANDLE : REFERENCE;
    }

    @Override
    public List<TensorType> infer(Inference inputs) {
      Inference in = inputs.dereferenced(inputs.dtype(1));
      WritingOp.requireFit(in, 0, 1);
      return results(in.type(0));
    }

    @Override
    public void lower(Lowering to) {
      Resource resource = to.reference(0);
      to.write(
          resource, to.map(to.read(resource), to.input(1), (x, y) -> x.apply(change.function, y)));
      result(to, resource);
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (boolean handle : new boolean[] {false, true}) {
        examples.add(
            Example.accepts(new AssignUpdate(Change.ADD, handle))
                .withVariable(handle, -2, 2, DType.FLOAT64, 2, 3)
                .with(DType.FLOAT64, 2, 3));
        examples.add(
            Example.accepts(new AssignUpdate(Change.SUB, handle))
                .withVariable(handle, -5, 5, DType.INT64)
                .with(DType.INT64));
      }
      return examples;
    }
  }
}
