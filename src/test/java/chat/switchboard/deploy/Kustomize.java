package chat.switchboard.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Renders a folder with the kustomize or kubectl of this machine. */
final class Kustomize {

  private static final List<List<String>> COMMANDS =
      List.of(List.of("kubectl", "kustomize"), List.of("kustomize", "build"));
  private static final Map<Path, Optional<String>> RENDERED = new ConcurrentHashMap<>();

  private Kustomize() {}

  /** Empty where the machine has no kustomize. */
  static Optional<String> render(Path folder) {
    return RENDERED.computeIfAbsent(folder, Kustomize::run);
  }

  private static Optional<String> run(Path folder) {
    for (List<String> command : COMMANDS) {
      Process process;
      try {
        process =
            new ProcessBuilder(command.get(0), command.get(1), folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
      } catch (IOException notHere) {
        continue;
      }
      try {
        String output = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
          throw new IllegalStateException(folder + " does not render");
        }
        return Optional.of(output);
      } catch (IOException | InterruptedException broken) {
        throw new IllegalStateException(broken);
      }
    }
    return Optional.empty();
  }
}
