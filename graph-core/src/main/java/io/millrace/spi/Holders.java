package io.millrace.spi;

import io.millrace.DeviceException;
import io.millrace.ir.Origin;
import java.util.Comparator;
import java.util.function.Supplier;

/** Says whose memory it is that a plan needs, in terms of the user's operations. */
public final class Holders {
  private Holders() {}

  /** Returns what holds the arena of a plan: the operation whose output takes most of it. */
  public static String arena(Plan plan) {
    return plan.allSteps()
        .max(Comparator.comparingLong(Holders::arenaBytes))
        .map(step -> "what lies between the steps of a run, most of it" + of(step.origin()))
        .orElse("what lies between the steps of a run");
  }

  private static long arenaBytes(Step step) {
    return step.outputs().stream()
        .filter(place -> place.space() == Place.Space.ARENA)
        .mapToLong(place -> place.type().bytes())
        .sum();
  }

  /** Returns what holds a constant of a plan: the first operation that reads it. */
  public static String constant(Plan plan, int index) {
    return plan.allSteps()
        .filter(step -> step.inputs().stream().anyMatch(place -> isConstant(place, index)))
        .findFirst()
        .map(step -> "a constant" + of(step.origin()))
        .orElse("a constant");
  }

  private static boolean isConstant(Place place, int index) {
    return place.space() == Place.Space.CONSTANT && place.index() == index;
  }

  /** Returns what is made for a step; a device's refusal names the operation. */
  public static <T> T making(Step step, Supplier<T> maker) {
    try {
      return maker.get();
    } catch (DeviceException e) {
      throw new DeviceException(e.getMessage() + "; in the work" + of(step.origin()));
    }
  }

  private static String of(Origin origin) {
    return origin.sites().isEmpty()
        ? ""
        : " of '" + origin.sites().get(0) + "' at " + origin.sites().get(0).line();
  }
}
