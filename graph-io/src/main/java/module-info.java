/** Files: graphs in TensorFlow's formats. */
@SuppressWarnings("requires-automatic")
module io.millrace.io {
  requires transitive io.millrace;
  requires io.millrace.ops;
  requires com.google.protobuf;
  requires static org.jspecify;

  exports io.millrace.io;
}
