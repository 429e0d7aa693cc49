/** The backend that runs graphs on NVIDIA devices. */
module io.millrace.cuda {
  requires io.millrace;
  requires org.bytedeco.cuda;
  requires org.bytedeco.javacpp;
  requires static org.jspecify;

  provides io.millrace.spi.Backend with
      io.millrace.cuda.CudaBackend;
}
