/** What a device is told: launches, copies and library calls as values, with symbolic addresses. */
@NullMarked
package io.millrace.cuda.command;

import org.jspecify.annotations.NullMarked;
