package io.millrace.cuda.kernels;

import io.millrace.cuda.command.StepContext;
import io.millrace.ir.Primitive;

/**
 * Makes the commands of Convolve, whichever way is best: a product where each window is one
 * element, kernels of their own where each channel is convolved alone, cuDNN where it can, and else
 * kernels that can everything.
 */
public final class ConvolveCommands {
  private ConvolveCommands() {}

  public static void add(StepContext context, Primitive.Convolve primitive) {
    long size = context.step().output().type().shape().size();
    if (size == 0) {
      return;
    }
    Convolving convolving = Convolving.of(context, primitive);
    if (context.step().inputs().stream().anyMatch(i -> i.type().shape().size() == 0)) {
      GatedCopy.clear(context, context.output(0), context.step().output().type().bytes());
    } else if (isProduct(primitive)) {
      product(convolving);
    } else if (primitive.groups() > 1 && convolving.inputsPerGroup() == 1) {
      DepthwiseConvolution.add(convolving);
    } else if (CudnnCommands.add(convolving)) {
      ConvolutionCorrection.add(convolving);
    } else {
      TiledConvolution.add(convolving);
      if (ConvolutionCorrection.seesPadding(convolving)) {
        ConvolutionCorrection.add(convolving);
      }
    }
  }

  private static boolean isProduct(Primitive.Convolve primitive) {
    return primitive.groups() == 1
        && primitive.axes().stream()
            .allMatch(
                a -> a.size() == 1 && a.stride() == 1 && a.padBefore() == 0 && a.padAfter() == 0);
  }

  private static void product(Convolving c) {
    long positions = c.windows().positions();
    switch (c.kind()) {
      case FORWARD ->
          ContractCommands.add(
              c.context(),
              ContractCommands.Product.of(
                  c.dtype(), false, false, positions, c.outputs(), c.inputs()),
              c.data(),
              c.filter(),
              c.result());
      case DATA_GRADIENT ->
          ContractCommands.add(
              c.context(),
              ContractCommands.Product.of(
                  c.dtype(), false, true, positions, c.inputs(), c.outputs()),
              c.result(),
              c.filter(),
              c.data());
      case FILTER_GRADIENT ->
          ContractCommands.add(
              c.context(),
              ContractCommands.Product.of(
                  c.dtype(), true, false, c.inputs(), c.outputs(), positions),
              c.data(),
              c.result(),
              c.filter());
    }
  }
}
