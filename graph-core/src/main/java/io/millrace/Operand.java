package io.millrace;

/** Something that stands for a tensor of a graph: an output of an operation, or a variable. */
public interface Operand {
  /** Returns the output that holds the tensor. */
  Output asOutput();
}
