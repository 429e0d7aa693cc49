/** Reading and writing graphs as files. */
@NullMarked
package io.millrace.io;

import org.jspecify.annotations.NullMarked;
