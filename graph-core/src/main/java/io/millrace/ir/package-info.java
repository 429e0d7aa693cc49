/** The closed set of primitives, scalar expressions, and programs made of them. */
@NullMarked
package io.millrace.ir;

import org.jspecify.annotations.NullMarked;
