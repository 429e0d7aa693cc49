package io.millrace.cuda.command;

/** One thing that a plan has the device do, all its sizes and addresses known. */
public sealed interface Command permits Launch, Gemm, ConvolutionCall, Fill, Copy {
  /** Calls the visitor's method for this kind of command. */
  void accept(Visitor visitor);

  /** Handles each kind of command. */
  interface Visitor {
    void launch(Launch command);

    void gemm(Gemm command);

    void convolution(ConvolutionCall command);

    void fill(Fill command);

    void copy(Copy command);
  }
}
