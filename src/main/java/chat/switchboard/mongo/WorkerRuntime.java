package chat.switchboard.mongo;

import chat.switchboard.ops.Timers;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The dependencies of all workers of a registry.
 *
 * @param leases the leases
 * @param timers the pauses between rounds
 * @param random the jitter
 * @param executor runs the first turn after a wake-up, and each turn after a pause
 */
record WorkerRuntime(LeaseStore leases, Timers timers, RandomGenerator random, Executor executor) {}
