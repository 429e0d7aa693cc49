package io.millrace.ops;

import io.millrace.Output;

/**
 * What a tensor holds, each thing once; for each of its elements which it is; how often it came.
 */
public record UniqueValues(Output values, Output indices, Output counts) {}
