/** What families of operations share, below all of them: rules of shapes and refusals. */
@NullMarked
package io.millrace.ops.building;

import org.jspecify.annotations.NullMarked;
