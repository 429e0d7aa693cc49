package io.millrace.op;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Says how TensorFlow writes a node of an operation: what its inputs are called, which attributes
 * tell their types and number, and which attributes are the components of the operation's record.
 *
 * <p>A component is an attribute of the same name, {@code keepDims} being {@code keep_dims}, unless
 * {@link #rename} or {@link #told} says otherwise; an {@link AttributeGroup} is several.
 *
 * <p>Immutable.
 */
public final class Signature {
  private static final Signature UNKNOWN = new Signature(false, List.of());

  private final boolean known;
  private final List<Input> inputs;

  /** For each input, the first one whose element type is the same attribute, or else itself. */
  private final int[] alike;

  private final List<String> aliases = new ArrayList<>();
  private final Map<String, String> names = new LinkedHashMap<>();
  private final Map<String, Object> defaults = new LinkedHashMap<>();
  private final Map<String, Object> fixed = new LinkedHashMap<>();
  private final Set<String> ignored = new LinkedHashSet<>();
  private final Map<String, Integer> outputTypes = new LinkedHashMap<>();
  private Optional<String> allOutputs = Optional.empty();
  private boolean sharing;

  /**
   * One input, or several alike.
   *
   * @param name TensorFlow's name of the input
   * @param count the attribute that holds the number of such inputs; empty for one input
   * @param least the least number of such inputs
   * @param type the attribute that holds the element type, or the element type itself
   * @param types whether each of several inputs has a type of its own, {@code type} being a list
   * @param set the element types that the input may have
   */
  public record Input(
      String name, Optional<String> count, int least, String type, boolean types, TypeSet set) {
    private static final Pattern TEXT =
        Pattern.compile(
            "(\\w+): (?:(\\w+)(?:>=(\\d+))? \\* )?(\\w+)(?:(?:>=(\\d+))?(\\.{3}))?(?: in (.+))?");

    /** Reads an input; its type's set is given where the type is named first. */
    private static Input parse(String text, List<Input> before) {
      Matcher parts = TEXT.matcher(text);
      if (!parts.matches()) {
        throw new IllegalArgumentException("no input of a signature: " + text);
      }
      String type = parts.group(4);
      Optional<TypeSet> said = Optional.ofNullable(parts.group(7)).map(TypeSet::parse);
      Optional<DType> fixed = TypeSet.type(type);
      Optional<TypeSet> known =
          before.stream()
              .filter(i -> fixed.isEmpty() && i.type().equals(type))
              .map(Input::set)
              .findFirst();
      if (said.isPresent() && known.isPresent()) {
        throw new IllegalArgumentException("the set of " + type + " is said twice: " + text);
      }
      Optional<String> count = Optional.ofNullable(parts.group(2));
      boolean types = parts.group(6) != null;
      Optional<String> least = Optional.ofNullable(parts.group(types ? 5 : 3));
      TypeSet set = said.or(() -> known).orElse(fixed.map(TypeSet::only).orElse(TypeSet.ANY));
      return new Input(
          parts.group(1), count, least.map(Integer::valueOf).orElse(0), type, types, set);
    }

    /** Returns the type if it is fixed, as {@code int32} is. */
    Optional<DType> fixed() {
      return TypeSet.type(type);
    }

    /** Returns whether this stands for any number of inputs. */
    public boolean isRepeated() {
      return types || count.isPresent();
    }

    /** Returns the text that {@link Signature#of} reads, where the type is named first. */
    @Override
    public String toString() {
      boolean open = set.equals(TypeSet.ANY) || set.name().equals(type);
      return text(open ? "" : " in " + set);
    }

    private String text(String in) {
      String some = least == 0 ? "" : ">=" + least;
      return name
          + ": "
          + count.map(c -> c + some + " * ").orElse("")
          + type
          + (types ? some + "..." : "")
          + in;
    }
  }

  private Signature(boolean known, List<Input> inputs) {
    this.known = known;
    this.inputs = List.copyOf(inputs);
    List<String> types = inputs.stream().map(Input::type).toList();
    this.alike =
        IntStream.range(0, inputs.size())
            .map(i -> inputs.get(i).fixed().isPresent() ? i : types.indexOf(types.get(i)))
            .toArray();
  }

  /** Returns a copy to which one of the methods below adds before anybody else sees it. */
  private Signature with(Consumer<Signature> change) {
    Signature copy = new Signature(known, inputs);
    copy.aliases.addAll(aliases);
    copy.names.putAll(names);
    copy.defaults.putAll(defaults);
    copy.fixed.putAll(fixed);
    copy.ignored.addAll(ignored);
    copy.outputTypes.putAll(outputTypes);
    copy.allOutputs = allOutputs;
    copy.sharing = sharing;
    change.accept(copy);
    return copy;
  }

  /**
   * Returns the signature with these inputs: {@code "x: T"} is an input whose element type is
   * attribute T, {@code "axis: int32"} one of a fixed type, {@code "values: N * T"} is N inputs of
   * one type (and N the same wherever it stands), {@code "data: T..."} any number of inputs, T
   * being the list of their types. {@code "values: N>=2 * T"} or {@code "data: T>=2..."} are at
   * least two.
   *
   * <p>Where an attribute stands first, {@code "x: T in floating"} says which types it can be: one
   * of the named {@linkplain TypeSet sets} or those listed, as in {@code "k: T in {int32, uint8}"}.
   * After a fixed type a set says what the engine takes beyond TensorFlow.
   */
  public static Signature of(String... inputs) {
    List<Input> parsed = new ArrayList<>();
    for (String input : inputs) {
      parsed.add(Input.parse(input, parsed));
    }
    return new Signature(true, parsed);
  }

  /** Returns the signature of an operation that TensorFlow does not have. */
  public static Signature unknown() {
    return UNKNOWN;
  }

  /** Returns this signature with another name that TensorFlow has for the same operation. */
  public Signature alias(String type) {
    return with(s -> s.aliases.add(type));
  }

  /** Returns this signature with a component that is an attribute of another name. */
  public Signature rename(String component, String attribute) {
    return with(s -> s.names.put(component, attribute));
  }

  /** Returns this signature with a component that the operation's name tells, so no attribute. */
  public Signature told(String component) {
    return rename(component, "");
  }

  /** Returns this signature with the value of an attribute where a node leaves it out. */
  public Signature optional(String attribute, Object value) {
    return with(s -> s.defaults.put(attribute, value));
  }

  /** Returns this signature with an attribute for which the engine has this one value. */
  public Signature only(String attribute, Object value) {
    return with(s -> s.fixed.put(attribute, value));
  }

  /** Returns this signature with attributes that change nothing here. */
  public Signature ignoring(String... attributes) {
    return with(s -> s.ignored.addAll(List.of(attributes)));
  }

  /** Returns this signature with an attribute that holds the element type of an output. */
  public Signature outputType(String attribute, int output) {
    return with(s -> s.outputTypes.put(attribute, output));
  }

  /** Returns this signature with an attribute that lists the element types of all outputs. */
  public Signature outputTypes(String attribute) {
    return with(s -> s.allOutputs = Optional.of(attribute));
  }

  /**
   * Returns this signature of an operation whose result can be its input's memory in TensorFlow.
   */
  public Signature sharing() {
    return with(s -> s.sharing = true);
  }

  /** Returns whether TensorFlow has the operation. */
  public boolean isKnown() {
    return known;
  }

  /** Returns other names that TensorFlow has for the operation. */
  public List<String> aliases() {
    return List.copyOf(aliases);
  }

  /**
   * Returns whether a result can lie in the memory of an input when TensorFlow runs the operation,
   * so that writing to a variable changes what was read from it before.
   */
  public boolean isSharing() {
    return sharing;
  }

  /** Returns the inputs. */
  public List<Input> inputs() {
    return inputs;
  }

  /** Returns the attribute of a component, empty if the operation's name tells the component. */
  String attribute(String component) {
    String renamed = names.get(component);
    return renamed != null
        ? renamed
        : component.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** Returns what an attribute holds where a node leaves it out. */
  Optional<Object> defaultOf(String attribute) {
    return Optional.ofNullable(defaults.get(attribute));
  }

  /**
   * Returns the attributes of a node, as {@link Attributes} has them. Attributes that hold
   * TensorFlow's own default whatever the operation are left out.
   */
  public Map<String, Object> write(Operation node) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    List<DType> types = node.inputs().stream().map(i -> i.dtype()).toList();
    inputAttributes(types).forEach(attributes::put);
    outputTypes.forEach((name, output) -> attributes.put(name, node.output(output).dtype()));
    allOutputs.ifPresent(
        name -> attributes.put(name, node.outputs().stream().map(Output::dtype).toList()));
    attributes.putAll(fixed);
    attributes.putAll(Components.write(node.op(), this));
    return attributes;
  }

  /**
   * Returns the operation that a node's attributes say.
   *
   * @param prototype an operation of the same name, whose attributes may differ
   * @param values the node's attributes, as {@link Attributes} has them
   * @param inputTypes the element types of the node's inputs
   * @throws RuleException if an attribute is missing, not known, or does not fit the inputs, or
   *     holds something that the engine does not have
   */
  public static Op read(Op prototype, Map<String, Object> values, List<DType> inputTypes) {
    Signature signature = prototype.signature();
    Attributes attributes = new Attributes(values);
    signature.ignored.forEach(attributes::ignore);
    for (Map.Entry<String, Object> only : signature.fixed.entrySet()) {
      Object value = attributes.get(only.getKey(), Object.class, only.getValue());
      if (!value.equals(only.getValue())) {
        throw RuleException.unsupported(
            "attribute '" + only.getKey() + "' must be " + only.getValue() + ", not " + value);
      }
    }
    Map<String, Object> expected = signature.inputAttributes(inputTypes);
    for (Map.Entry<String, Object> entry : expected.entrySet()) {
      Object value = attributes.get(entry.getKey(), Object.class, entry.getValue());
      if (!value.equals(entry.getValue())) {
        throw new RuleException(
            "attribute '%s' is %s, but the inputs make it %s"
                .formatted(entry.getKey(), value, entry.getValue()));
      }
    }
    Op op = Components.read(prototype, signature, attributes);
    signature.outputTypes.keySet().forEach(attributes::ignore);
    signature.allOutputs.ifPresent(attributes::ignore);
    attributes.requireAllRead();
    return op;
  }

  /** Requires the types that a node's attributes give its outputs to be those that it has. */
  public void requireOutputs(Map<String, Object> values, List<TensorType> outputs) {
    outputTypes.forEach(
        (name, output) -> {
          Object value = values.getOrDefault(name, outputs.get(output).dtype());
          if (!value.equals(outputs.get(output).dtype())) {
            throw new RuleException(
                "attribute '%s' is %s, but output %s is %s"
                    .formatted(name, value, output, outputs.get(output)));
          }
        });
    allOutputs.ifPresent(
        name -> {
          List<DType> types = outputs.stream().map(TensorType::dtype).toList();
          Object value = values.getOrDefault(name, types);
          if (!value.equals(types)) {
            throw new RuleException(
                "attribute '%s' is %s, but the outputs are %s".formatted(name, value, types));
          }
        });
  }

  /**
   * Returns the element types that a node's attributes give its inputs; nothing if they leave out
   * one of them.
   *
   * @param count the number of inputs
   * @throws RuleException if there cannot be so many inputs, or an attribute holds no type
   */
  public Optional<List<DType>> inputTypes(Map<String, Object> values, int count) {
    int repeated = repetitions(count);
    Attributes attributes = new Attributes(values);
    List<DType> types = new ArrayList<>();
    for (Input input : inputs) {
      if (input.fixed().isEmpty() && !attributes.has(input.type())) {
        return Optional.empty();
      }
      if (input.types()) {
        List<DType> listed = attributes.list(input.type(), DType.class);
        if (listed.size() != repeated) {
          throw new RuleException(
              "attribute '%s' lists %s, but there are %s"
                  .formatted(
                      input.type(),
                      Messages.count(listed.size(), "type", "types"),
                      Messages.count(repeated, "such input", "such inputs")));
        }
        types.addAll(listed);
      } else {
        DType type = input.fixed().orElseGet(() -> attributes.get(input.type(), DType.class));
        types.addAll(Collections.nCopies(input.isRepeated() ? repeated : 1, type));
      }
    }
    return Optional.of(types);
  }

  /**
   * Requires inputs of these types to be as many as the operation takes, each of a type that it may
   * have and of the type of those that share its attribute. Nothing is required of the inputs of an
   * operation that TensorFlow does not have.
   *
   * @throws RuleException if not
   */
  public void require(List<TensorType> types) {
    if (!known) {
      return;
    }
    int repeated = repetitions(types.size());
    int[] model = new int[inputs.size()];
    Arrays.fill(model, -1);
    int at = 0;
    for (int i = 0; i < model.length; i++) {
      Input input = inputs.get(i);
      for (int k = 0; k < (input.isRepeated() ? repeated : 1); k++, at++) {
        DType dtype = types.get(at).dtype();
        if (!input.set().has(dtype)) {
          throw RuleException.unsupported(
              "input " + name(at, repeated) + " must be " + input.set().words() + ", not " + dtype);
        }
        int first = model[alike[i]];
        if (first < 0 || input.types()) {
          model[alike[i]] = at;
        } else if (types.get(first).dtype() != dtype) {
          throw new RuleException(
              "inputs %s and %s must have one type, not %s and %s"
                  .formatted(
                      name(first, repeated), name(at, repeated), types.get(first).dtype(), dtype));
        }
      }
    }
  }

  /** Returns what messages call an input, each repeated one being repeated so often. */
  private String name(int position, int repeated) {
    int left = position;
    for (Input input : inputs) {
      int count = input.isRepeated() ? repeated : 1;
      if (left < count) {
        return "'" + input.name() + (input.isRepeated() ? "[" + left + "]'" : "'");
      }
      left -= count;
    }
    throw new IndexOutOfBoundsException(position);
  }

  /**
   * Returns how often each repeated input, if there is one, is repeated among so many inputs.
   *
   * @throws RuleException if there cannot be so many
   */
  private int repetitions(int count) {
    int single = 0;
    int least = 0;
    for (Input input : inputs) {
      single += input.isRepeated() ? 0 : 1;
      least += input.isRepeated() ? input.least() : 1;
    }
    int groups = inputs.size() - single;
    if (groups > 0 ? count < least : count != single) {
      throw new RuleException(
          "takes %s%s, not %d"
              .formatted(
                  groups > 0 ? "at least " : "", Messages.count(least, "input", "inputs"), count));
    }
    int repeated = (count - single) / Math.max(1, groups);
    if (count != single + repeated * groups) {
      throw new RuleException(
          "takes %s or a multiple, besides %d, not %d"
              .formatted(Messages.count(groups, "input", "inputs"), single, count));
    }
    return repeated;
  }

  /** Returns the attributes that the inputs determine: their types and numbers. */
  private Map<String, Object> inputAttributes(List<DType> types) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    int repeated = repetitions(types.size());
    int next = 0;
    for (Input input : inputs) {
      int count = input.isRepeated() ? repeated : 1;
      List<DType> own = types.subList(next, next + count);
      input.count().ifPresent(c -> attributes.put(c, (long) count));
      if (input.types()) {
        attributes.put(input.type(), List.copyOf(own));
      } else if (input.fixed().isEmpty() && count > 0) {
        attributes.putIfAbsent(input.type(), own.get(0));
      }
      next += count;
    }
    return attributes;
  }

  /** Returns the inputs as {@link #of} reads them, such as {@code (a: T in floating, b: T)}. */
  @Override
  public String toString() {
    return IntStream.range(0, alike.length)
        .mapToObj(i -> alike[i] == i ? inputs.get(i).toString() : inputs.get(i).text(""))
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
