package io.millrace.ir;

import io.millrace.type.TensorType;

/**
 * Names a piece of state that lives in a session from run to run.
 *
 * @param name unique in the graph, such as the variable's operation name
 * @param type fully defined
 * @param startsAtZero whether it holds zeros before the first write; otherwise reading it then is
 *     an error
 */
public record Resource(String name, TensorType type, boolean startsAtZero) {}
