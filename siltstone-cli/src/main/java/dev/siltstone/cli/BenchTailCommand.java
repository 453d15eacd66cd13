package dev.siltstone.cli;

import dev.siltstone.bench.LoadTest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `siltstone bench tail`
@Command(
        name = "tail",
        description = {
            "Appends at a rate while readers follow by server-sent events; measures how old each message is",
            "when it arrives."
        })
final class BenchTailCommand implements Callable<Integer> {
    @Mixin private final BenchOptions bench;

    @Option(
            names = "--readers",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "Connections that follow, spread over the streams (default: ${DEFAULT-VALUE}).")
    private int readers;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "8",
            description = "Connections that append (default: ${DEFAULT-VALUE}).")
    private int writers;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "1",
            description = "Streams (default: ${DEFAULT-VALUE}).")
    private int streams;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "Appends a second of all connections together; 0: as fast as answers come (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--producers",
            description = "Writers are idempotent producers; they repeat what got no answer.")
    private boolean producers;

    BenchTailCommand(Console console) {
        this.bench = new BenchOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        return bench.run(
                new BenchOptions.Shape(streams, writers, readers, 0, rate, producers, 0, false),
                LoadTest::tail);
    }
}
