/** The place of the backend for NVIDIA devices, which holds no code yet. */
module io.millrace.cuda {
  requires io.millrace;
  requires org.bytedeco.cuda;
  requires static org.jspecify;
}
