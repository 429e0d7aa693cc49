/** Java values and the host's memory: copying, converting, printing. */
@NullMarked
package io.millrace.host;

import org.jspecify.annotations.NullMarked;
