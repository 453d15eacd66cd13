package dev.siltstone.bench.micro;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// Runs the microbenchmarks, with what each operation allocates (`gc.alloc.rate.norm`). No test: only run
/// when named, as `bench/micro` does. `-Dsiltstone.micro=REGEX` chooses, `-Dsiltstone.micro.seconds=N`
/// says how long each is measured.
final class Microbenchmarks {
    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void run() throws RunnerException {
        int seconds = Integer.getInteger("siltstone.micro.seconds", 2);
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include(System.getProperty("siltstone.micro", "dev.siltstone"))
                        .addProfiler(GCProfiler.class)
                        .warmupIterations(2)
                        .warmupTime(TimeValue.seconds(seconds))
                        .measurementIterations(3)
                        .measurementTime(TimeValue.seconds(seconds))
                        .forks(1)
                        .jvmArgs(
                                "-XX:+UseCompactObjectHeaders",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow");
        new Runner(options.build()).run();
    }
}
