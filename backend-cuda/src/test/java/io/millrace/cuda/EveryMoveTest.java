package io.millrace.cuda;

import io.millrace.primitives.MoveCases;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds copies to the reference, bit by bit; only the size of a type matters to them. */
@Tag("kernels")
class EveryMoveTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void everyTransposition(DType type) {
    StepRunner.checkAll(MoveCases.transpositions(type));
  }

  @ParameterizedTest
  @EnumSource(names = {"UINT8", "FLOAT32", "INT64"})
  void largeOnes(DType type) {
    StepRunner.checkAll(MoveCases.large(type));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void everyReversal(DType type) {
    StepRunner.checkAll(MoveCases.reversals(type));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void slices(DType type) {
    StepRunner.checkAll(MoveCases.slices(type));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void broadcastsAndWindows(DType type) {
    StepRunner.checkAll(MoveCases.broadcastsAndWindows(type));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void paddings(DType type) {
    StepRunner.checkAll(MoveCases.paddings(type));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void concatenations(DType type) {
    StepRunner.checkAll(MoveCases.concatenations(type));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void scatteredTargets(DType type) {
    StepRunner.checkAll(MoveCases.scatteredTargets(type));
  }

  @Test
  void positionsOf64Bits() {
    StepRunner.checkWide(
        List.of(
            MoveCases.transpose(DType.FLOAT32, Shape.of(9, 33, 2, 40), 0, 3, 2, 1),
            MoveCases.transpose(DType.BOOL, Shape.of(5, 7, 3), 2, 0, 1),
            MoveCases.reverse(DType.INT64, Shape.of(40, 9, 11), 5),
            MoveCases.pad(DType.FLOAT32, Shape.of(3, 5, 7), 2, 5),
            MoveCases.pad(DType.BOOL, Shape.of(3, 2, 5, 7), 1, 0),
            MoveCases.concat(DType.FLOAT32, Shape.of(5), 16, 0, 7, 40, 9)));
  }
}
