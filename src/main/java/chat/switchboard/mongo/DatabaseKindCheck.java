package chat.switchboard.mongo;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.bson.Document;

/**
 * Reports the kind and version of the MongoDB server, and whether Switchboard supports the version.
 */
@ApplicationScoped
class DatabaseKindCheck implements Check {

  private final ServerInfo facts;

  DatabaseKindCheck(ServerInfo facts) {
    this.facts = facts;
  }

  @Override
  public Area area() {
    return Area.DATABASE;
  }

  @Override
  public String name() {
    return "MongoDB";
  }

  @Override
  public Uni<Finding> look() {
    return Uni.combine().all().unis(facts.hello(), facts.version()).with(DatabaseKindCheck::of);
  }

  static Finding of(Document hello, String version) {
    String kind =
        "isdbgrid".equals(hello.getString("msg"))
            ? "a sharded cluster"
            : hello.getString("setName") != null ? "a replica set" : "a standalone server";
    String says = "MongoDB " + version + ", " + kind + ".";
    return tooOld(version)
        ? Finding.fail(says, "Switchboard supports MongoDB 4.4 and newer: upgrade the server.")
        : Finding.ok(says);
  }

  private static boolean tooOld(String version) {
    String[] parts = version.split("\\.");
    try {
      int major = Integer.parseInt(parts[0]);
      return major < 4 || (major == 4 && parts.length > 1 && Integer.parseInt(parts[1]) < 4);
    } catch (NumberFormatException unknown) {
      return false;
    }
  }
}
