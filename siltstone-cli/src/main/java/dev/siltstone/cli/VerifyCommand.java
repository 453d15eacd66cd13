package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.io.RealDisk;
import dev.siltstone.stream.Verification;
import dev.siltstone.stream.Verification.Problem;
import dev.siltstone.stream.Verification.Verified;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone verify DIR`
@Command(
        name = "verify",
        description = {
            "Reads everything in a data directory that no server has open: every checksum, every"
                    + " reference, every invariant. Names what is wrong; repairs nothing.",
            "Exits with 6 if something is wrong, with 7 if a server has the directory open."
        })
final class VerifyCommand implements Callable<Integer> {
    private static final int PROBLEMS_IN_JSON_MAX = 10_000;

    private final Console console;

    @Parameters(paramLabel = "DIR", description = "The data directory.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    private final List<Map<String, @Nullable Object>> problems = new ArrayList<>();

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        SqliteLibrary.prepare(console.environment());
        Verified verified;
        try {
            verified = Verification.verify(new RealDisk(), directory, this::tell);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (NoSuchFileException e) {
            if (e.getReason() == null) {
                throw e;
            }
            throw new CommandFailure(ExitCode.NOT_FOUND, e.getFile() + " " + e.getReason(), e);
        }
        print(verified);
        return verified.problems() == 0 ? ExitCode.SUCCESS : ExitCode.DAMAGED;
    }

    private void tell(Problem problem) {
        if (json) {
            if (problems.size() < PROBLEMS_IN_JSON_MAX) {
                problems.add(Map.of("file", problem.file().toString(), "wrong", problem.wrong()));
            }
            return;
        }
        try {
            console.out()
                    .write(
                            "WRONG %s: %s\n"
                                    .formatted(problem.file(), problem.wrong())
                                    .getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void print(Verified verified) throws IOException {
        Facts facts =
                new Facts()
                        .and("directory", directory.toString())
                        .and("problems", verified.problems())
                        .and("recoveryPoint", verified.recoveryPoint())
                        .and("end", verified.end())
                        .and("unsettledEntries", verified.unsettledEntries())
                        .and("streams", verified.streams())
                        .and("segments", verified.segments())
                        .and("settledBytes", verified.settledBytes())
                        .and("deadBytes", verified.deadBytes());
        if (json) {
            facts.and("wrong", problems).printJson(console);
        } else {
            facts.printLines(console);
        }
    }
}
