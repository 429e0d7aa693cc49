/** The executable specification: every primitive in plain Java, slow and obvious. */
@NullMarked
package io.millrace.reference;

import org.jspecify.annotations.NullMarked;
