/** Loops and branches as old graphs write them, with frames, made calls of functions. */
@NullMarked
package io.millrace.io.flow;

import org.jspecify.annotations.NullMarked;
