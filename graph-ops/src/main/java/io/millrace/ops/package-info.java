/** The operations, with their gradients, that graphs are built from. */
@NullMarked
package io.millrace.ops;

import org.jspecify.annotations.NullMarked;
