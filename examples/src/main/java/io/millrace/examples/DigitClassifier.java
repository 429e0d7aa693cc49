package io.millrace.examples;

import io.millrace.Operation;
import io.millrace.Output;

/**
 * The tensors of a graph that classifies digits, as far as training and testing need them.
 *
 * @param images placeholder, float32 {@code [?, ...]}, pixels in [0, 1]
 * @param labels placeholder, int64 {@code [?]}
 * @param loss scalar, the mean over the batch
 * @param predictions int64 {@code [?]}
 * @param train runs one step of the optimizer
 * @param initializer gives the variables their first values
 */
record DigitClassifier(
    Output images,
    Output labels,
    Output loss,
    Output predictions,
    Operation train,
    Operation initializer) {}
