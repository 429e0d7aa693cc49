/** What an operation is: its type rule, gradient, lowering and examples. */
@NullMarked
package io.millrace.op;

import org.jspecify.annotations.NullMarked;
