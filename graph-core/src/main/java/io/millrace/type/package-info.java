/** What tensors are: element types, shapes, and values on the Java heap. The ground floor. */
@NullMarked
package io.millrace.type;

import org.jspecify.annotations.NullMarked;
