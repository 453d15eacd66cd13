package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.NanoClock;
import dev.siltstone.io.Pause;
import dev.siltstone.io.RealDisk;
import java.io.Closeable;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/// What the replications of one process share: the thread that holds WALs, the workers that pack, the bound on
/// uploads, clocks and chance.
///
/// Thread-safe.
public final class ReplicaRuntime implements Closeable {
    private static final int UPLOADS_MAX = 8;

    private final Disk disk;
    private final NanoClock clock;
    private final InstantSource time;
    private final RandomGenerator random;
    private final Pause pause;
    private final Semaphore uploads = new Semaphore(UPLOADS_MAX);
    private final Semaphore merges = new Semaphore(1);
    private final ExecutorService workers;
    private final Driver driver;

    /// @param workers how many databases are packed at once
    public ReplicaRuntime(
            Disk disk,
            NanoClock clock,
            InstantSource time,
            RandomGenerator random,
            Pause pause,
            int workers) {
        this.disk = disk;
        this.clock = clock;
        this.time = time;
        this.random = random;
        this.pause = pause;
        AtomicInteger number = new AtomicInteger();
        this.workers =
                Executors.newFixedThreadPool(
                        workers,
                        task ->
                                Thread.ofPlatform()
                                        .name("siltstone-pack-" + number.incrementAndGet())
                                        .daemon()
                                        .unstarted(task));
        this.driver = Driver.start(clock);
    }

    /// Returns a runtime on this machine's disk and clocks.
    public static ReplicaRuntime system(RandomGenerator random) {
        return new ReplicaRuntime(
                new RealDisk(),
                NanoClock.system(),
                InstantSource.system(),
                random,
                Pause.system(),
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    public Disk disk() {
        return disk;
    }

    NanoClock clock() {
        return clock;
    }

    public InstantSource time() {
        return time;
    }

    public RandomGenerator random() {
        return random;
    }

    public Pause pause() {
        return pause;
    }

    Semaphore uploads() {
        return uploads;
    }

    /// Returns the bound on databases whose levels are worked on at once.
    Semaphore merges() {
        return merges;
    }

    ExecutorService workers() {
        return workers;
    }

    Driver driver() {
        return driver;
    }

    /// Ends the threads; all replications must have been stopped.
    @Override
    public void close() {
        driver.close();
        workers.shutdown();
    }
}
