package io.millrace.reference;

import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.HostAccount;
import java.util.List;
import java.util.Optional;

/** The backend in plain Java that works everywhere and says what the others must compute. */
public final class ReferenceBackend implements Backend {
  private static final String DEVICE = "reference:0";

  /** Makes the backend; called by {@link java.util.ServiceLoader}. */
  public ReferenceBackend() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public List<String> devices() {
    return List.of(DEVICE);
  }

  @Override
  public List<String> describe() {
    return List.of("reference:0 computes in plain Java, slowly and obviously, to compare with");
  }

  @Override
  public Device open(String device, DeviceOptions options) {
    if (!device.equals(DEVICE)) {
      throw new IllegalArgumentException("there is no device " + device + ", only " + DEVICE);
    }
    return new ReferenceDevice(device, new HostAccount(options.memoryLimit()));
  }
}
