package io.millrace.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which a session was called, with their plans: by what is wanted and fed, and of those
 * by the shapes of what is fed. Immutable; looking one up allocates nothing.
 */
final class Calls {
  private final Kind[] kinds;
  private final int size;

  private Calls(Kind[] kinds) {
    this.kinds = kinds;
    size = Arrays.stream(kinds).mapToInt(k -> k.size).sum();
  }

  /** Returns no calls. */
  static Calls none() {
    return new Calls(new Kind[0]);
  }

  /** Calls that differ in the shapes of what is fed only. */
  private static final class Kind {
    private final Call.Planned first;

    /** At most half full: a call stands at its hash, or at the next free place. */
    private final Call.@Nullable Planned[] table;

    private final int size;

    Kind(List<Call.Planned> calls) {
      first = calls.get(0);
      size = calls.size();
      table = new Call.Planned[Integer.highestOneBit(size) << 2];
      for (Call.Planned call : calls) {
        int at = call.hash() & (table.length - 1);
        while (table[at] != null) {
          at = (at + 1) & (table.length - 1);
        }
        table[at] = call;
      }
    }

    Call.@Nullable Planned find(Map<?, ?> feeds) {
      if (size == 1) {
        return first.call().isFed(feeds) ? first : null;
      }
      int at = first.call().hash(feeds) & (table.length - 1);
      for (Call.Planned call = table[at]; call != null; call = table[at]) {
        if (call.call().isFed(feeds)) {
          return call;
        }
        at = (at + 1) & (table.length - 1);
      }
      return null;
    }

    List<Call.Planned> calls() {
      List<Call.Planned> calls = new ArrayList<>();
      for (Call.Planned call : table) {
        if (call != null) {
          calls.add(call);
        }
      }
      return calls;
    }
  }

  /** Returns a call, or null if it is not known. */
  Call.@Nullable Planned find(Object wanted, Map<?, ?> feeds) {
    for (int i = 0; i < kinds.length; i++) {
      if (kinds[i].first.call().mayBeOfKind(wanted, feeds)) {
        Call.Planned call = kinds[i].find(feeds);
        if (call != null) {
          return call;
        }
      }
    }
    return null;
  }

  int size() {
    return size;
  }

  /** Returns these calls and one more. */
  Calls with(Call.Planned call) {
    List<Kind> more = new ArrayList<>();
    List<Call.Planned> own = new ArrayList<>(List.of(call));
    for (Kind kind : kinds) {
      if (kind.first.call().isOfKind(call.call())) {
        own.addAll(kind.calls());
      } else {
        more.add(kind);
      }
    }
    more.add(0, new Kind(own));
    return new Calls(more.toArray(Kind[]::new));
  }

  /** Returns those of these calls whose plans are such. */
  Calls where(Predicate<ReadyPlan> plans) {
    return new Calls(
        Arrays.stream(kinds)
            .map(kind -> kind.calls().stream().filter(c -> plans.test(c.plan())).toList())
            .filter(calls -> !calls.isEmpty())
            .map(Kind::new)
            .toArray(Kind[]::new));
  }
}
