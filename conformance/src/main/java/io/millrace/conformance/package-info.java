/** Runs cases recorded with TensorFlow, and compares results and gradients. */
@NullMarked
package io.millrace.conformance;

import org.jspecify.annotations.NullMarked;
