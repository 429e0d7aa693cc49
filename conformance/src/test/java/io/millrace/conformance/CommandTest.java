package io.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommandTest {
  @Test
  void aFolderAloneRunsAllOfIt() throws WrongUsageException {
    Command command = Command.parse("cases");
    assertEquals(
        new Command(
            "", true, false, Optional.empty(), Optional.empty(), Path.of("cases"), List.of()),
        command);
    assertTrue(command.wants("math/Add__row"));
  }

  @Test
  void optionsMayStandAnywhere() throws WrongUsageException {
    assertEquals(
        new Command(
            "reference",
            false,
            true,
            Optional.of(Path.of("out")),
            Optional.of(Path.of("p.md")),
            Path.of("cases"),
            List.of("Add")),
        Command.parse(
            "--no-passes cases --device reference Add --verbose --sample out --page p.md"
                .split(" ", -1)));
  }

  @Test
  void namesAreParts() throws WrongUsageException {
    Command command = Command.parse("cases", "math/Add", "Conv*__same", "a.b");
    assertTrue(command.wants("math/AddV2__row"));
    assertTrue(command.wants("nn/Conv2D__same_stride2"));
    assertFalse(command.wants("nn/Conv2D__valid"));
    assertFalse(command.wants("array/math"));
    assertFalse(command.wants("axb"), "only * is special");
  }

  @Test
  void saysWhatIsWrong() {
    assertRefused("the folder of the cases is missing");
    assertRefused("unknown option --fast", "--fast", "cases");
    assertRefused("--device needs a value", "cases", "--device");
    assertRefused("--device needs a value", "--device", "--no-passes", "cases");
    assertRefused("is not a path", "a\0b");
    assertRefused("the sample would replace", "--sample", "cases/new", "cases");
    assertRefused("the sample would replace", "--sample", ".", "cases");
  }

  private static void assertRefused(String message, String... args) {
    String actual = assertThrows(WrongUsageException.class, () -> Command.parse(args)).getMessage();
    assertTrue(actual.contains(message), actual);
  }
}
