package io.berth.remote.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Connects by {@code ssh HOST docker system dial-stdio}, as docker does; the ssh of this host knows
 * the keys, and asks for no password.
 *
 * @param program ssh, with options
 */
record SshDialer(List<String> program, String host, Optional<String> user, Optional<Integer> port)
    implements Dialer {
  @Override
  public Line dial() throws IOException {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("-o", "BatchMode=yes", "-T"));
    user.ifPresent(u -> command.addAll(List.of("-l", u)));
    port.ifPresent(p -> command.addAll(List.of("-p", p.toString())));
    command.addAll(List.of("--", host, "docker", "system", "dial-stdio"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new ProcessLine(process);
  }

  @Override
  public String advice() {
    return "check that \"ssh " + host + " docker system dial-stdio\" connects without a password";
  }

  private record ProcessLine(Process process) implements Line {
    @Override
    public InputStream in() {
      return process.getInputStream();
    }

    @Override
    public OutputStream out() {
      OutputStream buffered = process.getOutputStream();
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          buffered.write(b);
          buffered.flush();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          buffered.write(bytes, offset, length);
          buffered.flush();
        }
      };
    }

    @Override
    public void endOutput() throws IOException {
      process.getOutputStream().close();
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
