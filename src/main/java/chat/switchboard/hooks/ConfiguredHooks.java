package chat.switchboard.hooks;

import chat.switchboard.hooks.HookConfig.ConditionConfig;
import chat.switchboard.hooks.HookConfig.SettingsConfig;
import chat.switchboard.librechat.LibreChatConfig;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The hooks of the configuration. A hook with a fault stops the start: the error names the hook and
 * the fault, and never a secret.
 */
@ApplicationScoped
class ConfiguredHooks {

  /** The longest file with a secret, in bytes; a secret has at most 512 characters. */
  private static final int LONGEST_FILE = 4096;

  private final Map<String, Configured> byName;

  /** A hook and its secrets. */
  private record Configured(Hook hook, List<String> secrets) {}

  @Inject
  ConfiguredHooks(HooksConfig config, LibreChatConfig libreChat, HookTemplates templates) {
    this(config.hooks(), libreChat.owner(), new HookValidator(templates));
  }

  ConfiguredHooks(
      Map<String, HookConfig> configured, Optional<String> owner, HookValidator validator) {
    Map<String, Configured> read = new TreeMap<>();
    configured.forEach((name, config) -> read.put(name, read(name, config, owner, validator)));
    this.byName = read;
  }

  /** A fault shows at the start, and not at the first webhook. */
  void onStart(@Observes @Priority(2) StartupEvent event) {
    // The constructor has read the hooks.
  }

  /** The hook with this name. */
  Optional<Hook> find(String name) {
    return Optional.ofNullable(byName.get(name)).map(Configured::hook);
  }

  /** The secrets of the hook with this name, the newest first. */
  List<String> secrets(String name) {
    return Optional.ofNullable(byName.get(name)).map(Configured::secrets).orElse(List.of());
  }

  /** All hooks, by their names. */
  List<Hook> all() {
    return byName.values().stream().map(Configured::hook).toList();
  }

  private static Configured read(
      String name, HookConfig config, Optional<String> owner, HookValidator validator) {
    List<String> errors = new ArrayList<>();
    Hook hook =
        new Hook(
            name,
            config.scheme().orElse(""),
            SchemeSettings.of(settings(config.settings()), errors),
            config.owner().or(() -> owner).map(String::strip).orElse(""),
            config.conversationId(),
            config.thread(),
            config.title(),
            config.when().stream().map(ConfiguredHooks::condition).toList(),
            config.template(),
            config.sender(),
            config.digest(),
            config.reply(),
            config.endpoint(),
            config.model(),
            config.agentId(),
            config.enabled());
    List<String> secrets = secrets(config, errors);
    errors.addAll(validator.errors(hook));
    errors.addAll(HookValidator.secretErrors(hook.scheme(), secrets));
    if (!errors.isEmpty()) {
      throw new ConfigurationException(
          "switchboard.hooks.\"" + name + "\" cannot be used: " + String.join(" ", errors));
    }
    return new Configured(hook, secrets);
  }

  private static List<String> secrets(HookConfig config, List<String> errors) {
    List<String> secrets =
        new ArrayList<>(
            config.secrets().orElse(List.of()).stream()
                .map(String::strip)
                .filter(secret -> !secret.isEmpty())
                .toList());
    for (Path file : config.secretFiles().orElse(List.of())) {
      try (InputStream open = Files.newInputStream(file)) {
        byte[] content = open.readNBytes(LONGEST_FILE);
        secrets.add(new String(content, StandardCharsets.UTF_8).strip());
      } catch (IOException unreadable) {
        errors.add("The file " + file + " of secret-files cannot be read.");
      }
    }
    return List.copyOf(secrets);
  }

  private static Map<String, String> settings(SettingsConfig config) {
    Map<String, String> settings = new LinkedHashMap<>();
    config.header().ifPresent(value -> settings.put("header", value));
    config.prefix().ifPresent(value -> settings.put("prefix", value));
    config.encoding().ifPresent(value -> settings.put("encoding", value));
    config.algorithm().ifPresent(value -> settings.put("algorithm", value));
    config.signed().ifPresent(value -> settings.put("signed", value));
    config.timeHeader().ifPresent(value -> settings.put("timeHeader", value));
    config.tolerance().ifPresent(value -> settings.put("tolerance", value));
    config.id().ifPresent(value -> settings.put("id", value));
    config.event().ifPresent(value -> settings.put("event", value));
    return settings;
  }

  private static Condition condition(ConditionConfig config) {
    return new Condition(
        config.pointer().orElse(null),
        config.in().orElse(null),
        config.notIn().orElse(null),
        config.exists().orElse(null));
  }
}
