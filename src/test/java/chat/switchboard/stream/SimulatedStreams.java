package chat.switchboard.stream;

import io.vertx.ext.web.Router;

/** The streams of a replica of the simulation. */
public final class SimulatedStreams {

  private final StreamDoor door;

  SimulatedStreams(StreamDoor door) {
    this.door = door;
  }

  /** Gives the router the handlers of the streams. */
  public void mount(Router router) {
    door.mount(router);
  }
}
