package io.millrace.compiler.passes;

import io.millrace.ir.Program;

/** One rewriting of programs into equal but cheaper ones; a pure function. */
public interface Pass {
  /** Returns the name under which the explanation of a compilation lists this. */
  String name();

  /** Returns a program that computes the same; the same object if there is nothing to do. */
  Program apply(Program program);
}
