/** A plan as one list of commands. */
@NullMarked
package io.millrace.cuda.program;

import org.jspecify.annotations.NullMarked;
