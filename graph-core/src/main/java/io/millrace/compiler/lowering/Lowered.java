package io.millrace.compiler.lowering;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One stage of a run as a program: all of it, or what leads to the answer of a question that it
 * asks. The stages of a run are done one after another; the last one asks nothing, and it alone
 * writes the session's state.
 *
 * @param feeds the fed tensors that are needed, by slot
 * @param reservations the random numbers that are taken; how many were before is fed after those
 * @param required the session's resources that are read and must hold a value
 * @param taken what earlier stages hand to this one: resources that it reads
 * @param handed what this stage hands to later ones: resources that it writes
 * @param devices the device of each computed value, by an instruction's first output
 * @param resourceDevices the device of each resource, by its name
 * @param question what is asked; the only fetch is the answer, unless state tells it
 * @param number the stage's number: later ones take what it hands on by that
 */
public record Lowered(
    Program program,
    List<Output> feeds,
    List<Reservation> reservations,
    List<Resource> required,
    List<Handed> taken,
    List<Resource> handed,
    Map<Value, String> devices,
    Map<String, String> resourceDevices,
    Optional<Question> question,
    int number) {

  public Lowered {
    feeds = List.copyOf(feeds);
    reservations = List.copyOf(reservations);
    required = List.copyOf(required);
    taken = List.copyOf(taken);
    handed = List.copyOf(handed);
    devices = Map.copyOf(devices);
    resourceDevices = Map.copyOf(resourceDevices);
  }

  /** Returns whether nothing is computed: what is asked is told by a feed or by state. */
  public boolean isTold() {
    return question.isPresent()
        && handed.isEmpty()
        && program.instructions().stream().allMatch(i -> i.primitive() instanceof Primitive.Feed);
  }

  /**
   * A value that one stage leaves on its device for later ones: a resource for one run.
   *
   * @param stage the number of the stage; if there was none of that number, the last one before
   * @param index the position among what it hands on
   */
  public record Handed(Resource resource, int stage, int index) {}
}
