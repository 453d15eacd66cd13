package dev.siltstone.bench.micro;

import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.Journal;
import dev.siltstone.journal.JournalReplay;
import dev.siltstone.journal.JournalSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A batch of entries staged, written and forced, on the disk of the temporary directory. Allocation counts
/// per batch.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class JournalAppend {
    private static final int KEPT_BYTES = 256 << 20;

    @Param({"1", "64", "256"})
    private int entries;

    private final byte[] content = new byte[128];
    private Path directory;
    private Journal journal;

    /// A journal that was never there before.
    private static final class Empty implements JournalReplay {
        @Override
        public void file(long start) {}

        @Override
        public void entry(long position, ByteBuffer payload) {
            throw new IllegalStateException("a new journal holds nothing");
        }
    }

    @Setup
    public void open() throws IOException {
        directory = Files.createTempDirectory("journal-append");
        journal =
                Journal.open(
                        new RealDisk(),
                        directory,
                        JournalSettings.defaults(),
                        new SplittableRandom(1),
                        new Empty());
    }

    @TearDown
    public void close() throws IOException {
        journal.close();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Benchmark
    public long batch() throws IOException {
        for (int i = 0; i < entries; i++) {
            if (journal.room(content.length) != Journal.Room.FITS) {
                journal.commit();
                if (journal.room(content.length) != Journal.Room.FITS) {
                    throw new IllegalStateException("no room on the disk of " + directory);
                }
            }
            ByteBuffer payload = journal.beginEntry(content.length);
            payload.put(content);
            journal.endEntry();
        }
        journal.commit();
        long end = journal.durableEnd();
        if (end - journal.fileStarts().getFirst() > KEPT_BYTES) {
            journal.dropBefore(end - KEPT_BYTES / 2);
        }
        return end;
    }
}
