package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Blas;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.spi.HostMemory;
import java.util.List;

/**
 * A convolution, or its gradient by the data, as products of patches by a filter.
 *
 * <p>Chunks of the result are independent and follow from the shapes alone.
 */
final class ConvolutionGather implements PartKernel {
  private final ConvolutionPhase[] phases;
  private final int[] firstParts;
  private final int[] firstPacks;
  private final int[] packOffsets;
  private final int parts;
  private final int packs;
  private final int shared;
  private final long scratchBytes;
  private final PartKernel packing = new Packing();

  /** Rearranges the filters before anything is multiplied. */
  private final class Packing implements PartKernel {
    @Override
    public void run(Frame frame) {
      frame.pool().run(frame, this, packs);
    }

    @Override
    public void part(Frame frame, int part, int worker) {
      int phase = phase(firstPacks, part);
      phases[phase].pack(frame, part - firstPacks[phase], frame.scratch(0), packOffsets[phase]);
    }
  }

  ConvolutionGather(List<ConvolutionPhase> list) {
    phases = list.toArray(new ConvolutionPhase[0]);
    firstParts = new int[phases.length];
    firstPacks = new int[phases.length];
    packOffsets = new int[phases.length];
    int part = 0;
    int pack = 0;
    long packedBytes = 0;
    long chunkBytes = 0;
    for (int i = 0; i < phases.length; i++) {
      firstParts[i] = part;
      firstPacks[i] = pack;
      packOffsets[i] = Blas.extent(packedBytes, "the size of a filter");
      part += phases[i].chunks();
      pack += phases[i].packs();
      packedBytes += phases[i].packedBytes();
      chunkBytes = Math.max(chunkBytes, phases[i].chunkBytes());
    }
    parts = part;
    packs = pack;
    shared = Blas.extent(packedBytes, "the size of a filter");
    scratchBytes = packedBytes + chunkBytes;
  }

  /** Returns the last one that begins at this part or before it; empty ones are passed over. */
  private static int phase(int[] first, int part) {
    int phase = first.length - 1;
    while (first[phase] > part) {
      phase--;
    }
    return phase;
  }

  @Override
  public long scratchBytes() {
    return scratchBytes;
  }

  @Override
  public void run(Frame frame) {
    if (packs > 0) {
      packing.run(frame);
    }
    frame.pool().run(frame, this, parts);
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    int phase = phase(firstParts, part);
    HostMemory filters = frame.scratch(0);
    phases[phase].compute(
        frame, part - firstParts[phase], worker, filters, packOffsets[phase], shared);
  }
}
