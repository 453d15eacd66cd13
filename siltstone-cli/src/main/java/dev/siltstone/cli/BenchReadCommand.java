package dev.siltstone.cli;

import dev.siltstone.bench.LoadTest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `siltstone bench read`
@Command(
        name = "read",
        description = {
            "Reads a stream from its beginning to its tail, over some connections, again and again."
        })
final class BenchReadCommand implements Callable<Integer> {
    @Mixin private final BenchOptions bench;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "4",
            description = "Connections that read (default: ${DEFAULT-VALUE}).")
    private int readers;

    @Option(
            names = "--fill",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "50M",
            description = "Content that the stream gets first (default: ${DEFAULT-VALUE}).")
    private long fill;

    @Option(names = "--last", description = "Read only the last message each time.")
    private boolean last;

    BenchReadCommand(Console console) {
        this.bench = new BenchOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        return bench.run(
                new BenchOptions.Shape(1, 1, readers, 0, 0, false, fill, last), LoadTest::read);
    }
}
