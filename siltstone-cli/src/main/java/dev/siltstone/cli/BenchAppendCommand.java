package dev.siltstone.cli;

import dev.siltstone.bench.LoadTest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `siltstone bench append`
@Command(
        name = "append",
        description = {
            "Appends one message a request, over some connections, to some streams.",
            "At a rate, latency counts from when a request was due, whether or not a connection was free."
        })
final class BenchAppendCommand implements Callable<Integer> {
    @Mixin private final BenchOptions bench;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "64",
            description =
                    "Connections, each with one request on its way (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "1",
            description = "Streams that are written (default: ${DEFAULT-VALUE}).")
    private int streams;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Appends a second of all connections together; 0: as fast as answers come (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--producers",
            description = "Writers are idempotent producers; they repeat what got no answer.")
    private boolean producers;

    BenchAppendCommand(Console console) {
        this.bench = new BenchOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        return bench.run(
                new BenchOptions.Shape(streams, connections, 0, 0, rate, producers, 0, false),
                LoadTest::append);
    }
}
