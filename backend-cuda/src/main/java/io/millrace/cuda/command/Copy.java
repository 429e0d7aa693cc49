package io.millrace.cuda.command;

/** Copies bytes from one place of the device's memory to another. */
public record Copy(Address from, Address to, long bytes) implements Command {
  @Override
  public void accept(Visitor visitor) {
    visitor.copy(this);
  }

  @Override
  public String toString() {
    return "copy " + from + " to " + to + ", " + bytes + " bytes";
  }
}
