package dev.siltstone.cli;

import dev.siltstone.io.Disk;
import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.JournalInspection;
import dev.siltstone.layer.directory.LayerFileInspection;
import dev.siltstone.stream.CatalogInspection;
import dev.siltstone.stream.segment.SegmentInspection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
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
            "Prints what a journal, a segment, a catalog or a file of layers holds, and what is wrong"
                    + " with it. Changes and locks nothing.",
            "Exits with 6 if something is damaged; a torn tail is no damage."
        })
final class InspectCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "FILE|DIR",
            description =
                    "A journal file, a segment, a directory of them, a data directory, or a catalog.db;"
                            + " a pack or a record of a store of layers, or what a memory of pushes remembers;"
                            + " or a directory that is such a store.")
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
                for (Path file : layerFilesIn(path)) {
                    LayerFileInspection.inspect(disk, file, printer::print);
                }
                for (Path segment : segmentsIn(path)) {
                    SegmentInspection.inspect(disk, segment, printer::print);
                }
            } else if (isSegment(path) || SegmentInspection.isSegment(disk, path)) {
                SegmentInspection.inspect(disk, path, printer::print);
            } else if (CatalogInspection.isDatabase(disk, path)) {
                SqliteLibrary.prepare(console.environment());
                CatalogInspection.inspect(path, printer::print);
            } else if (LayerFileInspection.isLayerFile(disk, path)) {
                LayerFileInspection.inspect(disk, path, printer::print);
            } else {
                JournalInspection.inspectFile(disk, path, printer::print);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        printer.end();
        if (printer.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    path + ": there are no journal files, no segments and no files of layers");
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

    /// A store of layers has its log before its packs, which are a level deeper; the memory of pushes is flat.
    private static List<Path> layerFilesIn(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String part : new String[] {"log", "packs", ""}) {
            Path root = directory.resolve(part);
            if (Files.isDirectory(root)) {
                try (Stream<Path> files = Files.walk(root, part.isEmpty() ? 1 : 2)) {
                    files.filter(file -> isLayerFile(file, part)).sorted().forEach(found::add);
                }
            }
        }
        return found;
    }

    private static boolean isLayerFile(Path file, String part) {
        String name = String.valueOf(file.getFileName());
        return switch (part) {
            case "log" -> name.matches("[0-9]{20}");
            case "packs" -> name.matches("[0-9]{8}");
            default -> name.endsWith(".changes") || name.endsWith(".frames");
        };
    }

    private static boolean isSegment(Path file) {
        return file.toString().endsWith(".segment");
    }
}
