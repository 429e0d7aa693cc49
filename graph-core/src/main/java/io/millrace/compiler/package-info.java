/**
 * The way from a graph to a plan: prune, lower, rewrite in passes, order and place.
 *
 * <p>{@link io.millrace.compiler.Compiler} is the door.
 */
@NullMarked
package io.millrace.compiler;

import org.jspecify.annotations.NullMarked;
