package io.millrace.op;

import io.millrace.GraphFunction;
import java.util.List;
import java.util.Optional;

/**
 * What a loop does in each turn.
 *
 * @param condition says of the parameters whether there is another turn; without one there are as
 *     many as input 0 says, an int64 scalar
 * @param body makes of the parameters those of the next turn, which have the same types, then what
 *     the turn adds to what is collected
 * @param carried the number of parameters that the body makes anew
 * @param scanned the number of parameters behind those, of which the loop has a stack and each turn
 *     a row; all others stay the same
 * @param backward whether rows are taken, and those collected put, from the last to the first
 */
public record Loop(
    Optional<GraphFunction> condition,
    GraphFunction body,
    int carried,
    int scanned,
    boolean backward) {

  /** Returns the position of the first parameter among the inputs. */
  public int first() {
    return condition.isPresent() ? 0 : 1;
  }

  /** Returns whether a parameter is a row of a stack. */
  public boolean isScanned(int parameter) {
    return parameter >= carried && parameter < carried + scanned;
  }

  /** Returns whether a parameter stays the same in all turns. */
  public boolean isSame(int parameter) {
    return parameter >= carried
        ? !isScanned(parameter)
        : body.results().get(parameter) == body.parameters().get(parameter);
  }

  /** Returns the number of tensors that are collected. */
  public int collected() {
    return body.results().size() - carried;
  }

  /** Returns the functions. */
  public List<GraphFunction> functions() {
    return condition.map(c -> List.of(c, body)).orElse(List.of(body));
  }
}
