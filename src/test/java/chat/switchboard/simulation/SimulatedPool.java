package chat.switchboard.simulation;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The thread pool for requests to Twilio: a request is an event of the simulation. */
public final class SimulatedPool extends ThreadPoolExecutor {

  /** The constructor that the service calls. */
  public SimulatedPool(
      int core,
      int most,
      long idle,
      TimeUnit unit,
      BlockingQueue<Runnable> queue,
      ThreadFactory threads) {
    super(core, most, idle, unit, queue, threads);
  }

  @Override
  public void execute(Runnable request) {
    Bridge.toTwilio(request);
  }
}
