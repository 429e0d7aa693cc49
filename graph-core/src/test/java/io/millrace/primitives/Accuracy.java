package io.millrace.primitives;

/**
 * How near a device comes to the reference where it may round otherwise.
 *
 * @param sumRoundings how many roundings of float32 a reduction may need
 * @param scans how near long cumulative sums and products of floating numbers come
 * @param normals how near normally distributed numbers come
 */
public record Accuracy(int sumRoundings, Tolerance scans, Tolerance normals) {}
