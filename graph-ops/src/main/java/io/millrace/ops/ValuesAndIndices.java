package io.millrace.ops;

import io.millrace.Output;

/** Values chosen from a tensor, and integers that say where they stand or stood. */
public record ValuesAndIndices(Output values, Output indices) {}
