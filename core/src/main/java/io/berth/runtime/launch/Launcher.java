package io.berth.runtime.launch;

/**
 * Starts containers from specs.
 *
 * <pre>{@code
 * try (Monitor monitor = launcher.launch(spec, MonitorListener.none())) {
 *   int code = monitor.awaitExit().code();
 * }
 * }</pre>
 */
public interface Launcher extends AutoCloseable {

  /**
   * Starts a container and returns once its command has been executed.
   *
   * @param listener hears of its output, where the spec asks for it
   * @throws StartFailure when a step of the launch failed; nothing is left running
   */
  Monitor launch(LaunchSpec spec, MonitorListener listener);

  @Override
  void close();
}
