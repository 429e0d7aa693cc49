package io.millrace.conformance;

/**
 * Says how a tensor differs from the recorded one.
 *
 * @param tensor which tensor
 * @param text what differs, on one line
 * @param distance how far it is from what is allowed, to find what differs most
 */
record Difference(String tensor, String text, double distance) {

  @Override
  public String toString() {
    return tensor + " " + text;
  }
}
