package dev.siltstone.cli;

import dev.siltstone.bench.LoadTest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `siltstone bench mixed`
@Command(
        name = "mixed",
        description = {"Appends, follows and reads a long stream from its beginning, all at once."})
final class BenchMixedCommand implements Callable<Integer> {
    @Mixin private final BenchOptions bench;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "64",
            description = "Connections that append (default: ${DEFAULT-VALUE}).")
    private int writers;

    @Option(
            names = "--readers",
            paramLabel = "N",
            defaultValue = "1000",
            description =
                    "Connections that follow, spread over the streams (default: ${DEFAULT-VALUE}).")
    private int readers;

    @Option(
            names = "--replays",
            paramLabel = "N",
            defaultValue = "8",
            description = "Connections that read the long stream (default: ${DEFAULT-VALUE}).")
    private int replays;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Streams that are written and followed (default: ${DEFAULT-VALUE}).")
    private int streams;

    @Option(
            names = "--fill",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "50M",
            description = "Content of the long stream (default: ${DEFAULT-VALUE}).")
    private long fill;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "2000",
            description =
                    "Appends a second of all connections together; 0: as fast as answers come (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--producers",
            description = "Writers are idempotent producers; they repeat what got no answer.")
    private boolean producers;

    BenchMixedCommand(Console console) {
        this.bench = new BenchOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        return bench.run(
                new BenchOptions.Shape(
                        streams, writers, readers, replays, rate, producers, fill, false),
                LoadTest::mixed);
    }
}
