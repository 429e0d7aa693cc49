/** Small complete programs that use Millrace, each started by name. */
@NullMarked
package io.millrace.examples;

import org.jspecify.annotations.NullMarked;
