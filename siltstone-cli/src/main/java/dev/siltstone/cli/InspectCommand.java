package dev.siltstone.cli;

import dev.siltstone.io.Disk;
import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.JournalInspection;
import dev.siltstone.stream.segment.SegmentInspection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone inspect FILE|DIR`
@Command(
        name = "inspect",
        description = {
            "Prints what a journal or a segment holds, and what is wrong with it. Changes and locks nothing.",
            "Exits with 6 if something is damaged; a torn tail is no damage."
        })
final class InspectCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "FILE|DIR",
            description = "A journal file, a segment, a directory of them, or a data directory.")
    @SuppressWarnings("NullAway.Init")
    private Path path;

    @Option(names = "--json", description = "Print a JSON array of objects, one a line.")
    private boolean json;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        FactPrinter printer = new FactPrinter(console.out(), json);
        Disk disk = new RealDisk();
        printer.begin();
        try {
            if (Files.isDirectory(path)) {
                JournalInspection.inspectDirectory(disk, journalIn(path), printer::print);
                for (Path segment : segmentsIn(path)) {
                    SegmentInspection.inspect(disk, segment, printer::print);
                }
            } else if (isSegment(path) || SegmentInspection.isSegment(disk, path)) {
                SegmentInspection.inspect(disk, path, printer::print);
            } else {
                JournalInspection.inspectFile(disk, path, printer::print);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        printer.end();
        if (printer.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND, path + ": there are no journal files and no segments");
        }
        return printer.exitCode();
    }

    /// The journal of a data directory lies in a directory of its own.
    private static Path journalIn(Path directory) {
        Path journal = directory.resolve("journal");
        return Files.isDirectory(journal) ? journal : directory;
    }

    /// Segments lie in a directory of their own, a level each in one below.
    private static List<Path> segmentsIn(Path directory) throws IOException {
        Path segments = directory.resolve("segments");
        Path root = Files.isDirectory(segments) ? segments : directory;
        try (Stream<Path> files = Files.walk(root, 2)) {
            return files.filter(InspectCommand::isSegment).sorted().toList();
        }
    }

    private static boolean isSegment(Path file) {
        return file.toString().endsWith(".segment");
    }
}
