package io.millrace.compiler.lowering;

/**
 * The random numbers that an operation takes in one run. How many were taken before is fed.
 *
 * @param counter the name of what counts them in a session
 * @param blocks how many are taken, in blocks
 * @param seeded whether the first run takes the first numbers, not any
 */
public record Reservation(String counter, long blocks, boolean seeded) {}
