package io.millrace.cuda.command;

/** Sets bytes to one value. */
public record Fill(Address to, int value, long bytes) implements Command {
  @Override
  public void accept(Visitor visitor) {
    visitor.fill(this);
  }

  @Override
  public String toString() {
    return "fill " + to + " with " + value + ", " + bytes + " bytes";
  }
}
