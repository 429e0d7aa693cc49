package io.millrace.cpu;

import io.millrace.primitives.MoveCases;
import io.millrace.type.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds copies to the reference, bit by bit. */
class EveryMoveTest {
  @ParameterizedTest
  @EnumSource
  void everyTransposition(DType type) {
    StepRunner.checkAll(MoveCases.transpositions(type));
  }

  @ParameterizedTest
  @EnumSource(names = {"UINT8", "FLOAT32", "INT64"})
  void largeOnes(DType type) {
    StepRunner.checkAll(MoveCases.large(type));
  }

  @ParameterizedTest
  @EnumSource
  void everyReversal(DType type) {
    StepRunner.checkAll(MoveCases.reversals(type));
  }

  @ParameterizedTest
  @EnumSource
  void slices(DType type) {
    StepRunner.checkAll(MoveCases.slices(type));
  }

  @ParameterizedTest
  @EnumSource
  void broadcastsAndWindows(DType type) {
    StepRunner.checkAll(MoveCases.broadcastsAndWindows(type));
  }

  @ParameterizedTest
  @EnumSource
  void paddings(DType type) {
    StepRunner.checkAll(MoveCases.paddings(type));
  }

  @ParameterizedTest
  @EnumSource
  void concatenations(DType type) {
    StepRunner.checkAll(MoveCases.concatenations(type));
  }

  @ParameterizedTest
  @EnumSource
  void scatteredTargets(DType type) {
    StepRunner.checkAll(MoveCases.scatteredTargets(type));
  }
}
