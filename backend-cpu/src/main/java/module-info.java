/** The backend that runs graphs on the CPU. */
module io.millrace.cpu {
  requires io.millrace;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.openblas;
  requires org.objectweb.asm;
  requires static org.jspecify;

  provides io.millrace.spi.Backend with
      io.millrace.cpu.CpuBackend;
}
