package io.millrace.cuda;

/** One thing that a plan has the device do, all its sizes and addresses known. */
sealed interface Command permits Launch, Gemm, Convolution, Fill, Copy {
  /** Calls the visitor's method for this kind of command. */
  void accept(Visitor visitor);

  /** Handles each kind of command. */
  interface Visitor {
    void launch(Launch command);

    void gemm(Gemm command);

    void convolution(Convolution command);

    void fill(Fill command);

    void copy(Copy command);
  }
}
