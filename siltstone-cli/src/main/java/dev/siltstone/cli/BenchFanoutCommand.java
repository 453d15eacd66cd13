package dev.siltstone.cli;

import dev.siltstone.bench.LoadTest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `siltstone bench fanout`
@Command(
        name = "fanout",
        description = {
            "Appends one message at a time to a stream that many follow by server-sent events; measures how long",
            "it takes until the last of them has it."
        })
final class BenchFanoutCommand implements Callable<Integer> {
    @Mixin private final BenchOptions bench;

    @Option(
            names = "--readers",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Connections that follow (default: ${DEFAULT-VALUE}).")
    private int readers;

    BenchFanoutCommand(Console console) {
        this.bench = new BenchOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        return bench.run(
                new BenchOptions.Shape(1, 1, readers, 0, 0, false, 0, false), LoadTest::fanout);
    }
}
