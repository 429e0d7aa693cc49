/** From a program to plans: devices, order, and a place for every tensor. */
@NullMarked
package io.millrace.compiler.planning;

import org.jspecify.annotations.NullMarked;
