package io.millrace.ops;

import io.millrace.op.Example;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Inputs that an operation's signature forbids, made from those of an example it accepts. */
final class Strangers {
  private final Op op;
  private final List<DType> types;

  /** What the signature says of each input. */
  private final List<Signature.Input> said = new ArrayList<>();

  private Strangers(Example example) {
    op = example.op();
    types =
        example.inputs().stream()
            .map(
                i ->
                    switch (i.form()) {
                      case HANDLE -> DType.RESOURCE;
                      case LIST -> DType.VARIANT;
                      case TENSOR, REFERENCE -> i.type().dtype();
                    })
            .toList();
    List<Signature.Input> inputs = op.signature().inputs();
    int groups = (int) inputs.stream().filter(Signature.Input::isRepeated).count();
    int repeated = (types.size() - (inputs.size() - groups)) / Math.max(1, groups);
    for (Signature.Input input : inputs) {
      for (int k = 0; k < (input.isRepeated() ? repeated : 1); k++) {
        said.add(input);
      }
    }
  }

  /** Returns examples that must be refused, whatever the shapes. */
  static Stream<Example> of(Example example) {
    if (!example.op().signature().isKnown()) {
      return Stream.empty();
    }
    Strangers strangers = new Strangers(example);
    return Stream.of(strangers.wrongCounts(), strangers.wrongTypes(), strangers.unequalTypes())
        .flatMap(List::stream);
  }

  private List<Example> wrongCounts() {
    List<Example> refused = new ArrayList<>();
    boolean open = said.stream().anyMatch(Signature.Input::isRepeated);
    boolean some = said.stream().anyMatch(i -> !i.isRepeated() || i.least() > 0);
    if (some) {
      List<DType> fewer = open ? List.of() : types.subList(0, types.size() - 1);
      refused.add(refused(fewer, ", not " + fewer.size()));
    }
    if (!open && op.signature().inputs().stream().noneMatch(Signature.Input::isRepeated)) {
      List<DType> more = new ArrayList<>(types);
      more.add(DType.FLOAT32);
      refused.add(
          refused(
              more,
              "takes "
                  + types.size()
                  + (types.size() == 1 ? " input" : " inputs")
                  + ", not "
                  + more.size()));
    }
    return refused;
  }

  private List<Example> wrongTypes() {
    List<Example> refused = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      Signature.Input input = said.get(i);
      Optional<DType> stranger = input.set().stranger();
      if (stranger.isPresent() && model(i) == i) {
        List<DType> changed = new ArrayList<>(types);
        for (int j = i; j < types.size(); j++) {
          if (model(j) == i) {
            changed.set(j, stranger.get());
          }
        }
        String rule = "' must be " + input.set().words() + ", not " + stranger.get();
        refused.add(refused(changed, (input.isRepeated() ? "" : "input '" + input.name()) + rule));
      }
    }
    return refused;
  }

  private List<Example> unequalTypes() {
    List<Example> refused = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      DType own = types.get(i);
      Optional<DType> other =
          said.get(i).set().types().stream().filter(type -> type != own).findFirst();
      if (other.isPresent() && model(i) < i) {
        List<DType> changed = new ArrayList<>(types);
        changed.set(i, other.get());
        refused.add(refused(changed, "must have one type, not " + own + " and " + other.get()));
      }
    }
    return refused;
  }

  /** Returns the first input that must have the type of this one. */
  private int model(int input) {
    String type = said.get(input).type();
    boolean own = said.get(input).types() || isFixed(type);
    int model = 0;
    while (!own && !said.get(model).type().equals(type)) {
      model++;
    }
    return own ? input : model;
  }

  private static boolean isFixed(String type) {
    return Stream.of(DType.values()).anyMatch(d -> d.toString().equals(type));
  }

  private Example refused(List<DType> changed, String message) {
    Example example = Example.rejects(op, message);
    for (DType type : changed) {
      example = example.with(type);
    }
    return example;
  }
}
