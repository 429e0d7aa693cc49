package io.millrace;

/** Something that stands for a tensor of a graph: an output of an operation, or a variable. */
public interface Operand {
  /** Returns the output that holds the tensor. */
  Output asOutput();

  /** Returns the output that operations which write take: of a variable, what refers to it. */
  default Output reference() {
    return asOutput();
  }
}
