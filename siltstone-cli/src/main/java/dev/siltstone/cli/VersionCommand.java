package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `siltstone version`
@Command(name = "version", description = "Prints the version.")
final class VersionCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        String text =
                json
                        ? Json.write(Map.of("name", "siltstone", "version", Version.number()))
                        : "siltstone " + Version.number();
        console.out().write((text + "\n").getBytes(UTF_8));
        console.out().flush();
        return ExitCode.SUCCESS;
    }
}
