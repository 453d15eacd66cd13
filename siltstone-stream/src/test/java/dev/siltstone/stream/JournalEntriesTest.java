package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.journal.Journal;
import dev.siltstone.journal.JournalDamagedException;
import dev.siltstone.journal.JournalReplay;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.stream.segment.RunCursor;
import dev.siltstone.stream.segment.RunIndexReader;
import dev.siltstone.stream.segment.SegmentHeader;
import dev.siltstone.stream.segment.SegmentInspection;
import dev.siltstone.stream.segment.SegmentMerger;
import dev.siltstone.stream.segment.SegmentReader;
import dev.siltstone.stream.segment.SegmentRun;
import dev.siltstone.stream.segment.SegmentWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The full journal files that the first version wrote become one segment that holds the same.
class JournalEntriesTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/data-v1/journal");
    private static final Path DIRECTORY = Path.of("/data/journal");
    private static final Path SEGMENT = Path.of("/data/journal/all.segment");

    private final SimulatedDisk disk = new SimulatedDisk();
    private final Contents contents = new Contents();

    /// What the entries of full files hold, by stream.
    private static final class Contents implements JournalReplay {
        final TreeMap<Long, ByteArrayOutputStream> bytes = new TreeMap<>();
        final TreeMap<Long, List<Integer>> messageLengths = new TreeMap<>();
        final TreeMap<Long, List<Long>> positions = new TreeMap<>();
        final List<Long> files = new ArrayList<>();
        private boolean full;

        @Override
        public void file(long start) {
            files.add(start);
            full = Files.exists(GOLDEN.resolve("%020d.runs".formatted(start)));
        }

        @Override
        public void entry(long position, ByteBuffer payload) throws IOException {
            switch (EntryFormat.decode(payload)) {
                case Entry.Created created -> add(position, position, created.content());
                case Entry.Appended appended ->
                        add(appended.streamId(), position, appended.content());
                default -> {}
            }
        }

        private void add(long streamId, long position, Entry.Content content) {
            if (!full || content.length() == 0) {
                return;
            }
            byte[] copy = new byte[content.length()];
            content.bytes().duplicate().get(copy);
            bytes.computeIfAbsent(streamId, _ -> new ByteArrayOutputStream()).writeBytes(copy);
            List<Integer> lengths =
                    messageLengths.computeIfAbsent(streamId, _ -> new ArrayList<>());
            int[] messages = content.payload().messageLengths();
            if (messages.length == 0) {
                lengths.add(copy.length);
            }
            for (int length : messages) {
                lengths.add(length);
            }
            positions.computeIfAbsent(streamId, _ -> new ArrayList<>()).add(position);
        }
    }

    @BeforeEach
    void copyGolden() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            for (Path file : files.toList()) {
                disk.put(DIRECTORY.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
    }

    private Journal open() throws IOException {
        return Journal.open(
                disk,
                DIRECTORY,
                JournalSettings.ofFileBytes(4096).withFreeBytesReserve(0).withoutBackground(),
                new SplittableRandom(1),
                contents);
    }

    private void settle(Journal journal) throws IOException {
        List<RunCursor> cursors = new ArrayList<>();
        for (long start : contents.files) {
            Path runs = DIRECTORY.resolve("%020d.runs".formatted(start));
            if (disk.exists(runs)) {
                RunIndexReader index = RunIndexReader.open(disk, runs);
                cursors.add(index.cursor(new JournalEntries(journal)));
            }
        }
        assertThat(cursors).hasSizeGreaterThan(1);
        try (DiskFile file = disk.create(SEGMENT);
                SegmentWriter writer =
                        SegmentWriter.begin(disk, file, SegmentHeader.plain(0, 0, 11_488, 1, 2))) {
            SegmentMerger.merge(cursors, key -> SegmentMerger.Kept.ALL, writer);
            writer.finish();
        }
    }

    @Test
    void fullJournalFilesBecomeASegmentThatHoldsTheSame() throws IOException {
        settle(open());

        assertThat(SegmentInspection.inspect(disk, SEGMENT, fact -> {})).isTrue();
        try (SegmentReader segment = SegmentReader.open(disk.openForReading(SEGMENT))) {
            assertThat(segment.runs()).isEqualTo(contents.bytes.size());
            for (long streamId : contents.bytes.keySet()) {
                SegmentRun run = segment.find(streamId);
                ByteBuffer bytes = ByteBuffer.allocate((int) (run.end() - run.base()));
                run.read(run.base(), bytes);
                assertThat(bytes.array()).isEqualTo(contents.bytes.get(streamId).toByteArray());
                List<Integer> lengths = new ArrayList<>();
                run.visitMessages(run.base(), (at, length, first, time) -> lengths.add(length));
                assertThat(lengths).isEqualTo(contents.messageLengths.get(streamId));
            }
        }
    }

    @Test
    void namesDamageInsteadOfCopyingIt() throws IOException {
        Journal journal = open();
        long streamId = contents.positions.firstKey();
        long position = contents.positions.get(streamId).getLast();
        long end = position + Journal.ENTRY_HEADER_BYTES + 20;
        disk.flipBit(journal.fileOf(position), 8 * journal.filePositionOf(end));

        assertThatThrownBy(() -> settle(journal))
                .isInstanceOf(JournalDamagedException.class)
                .hasMessageContaining(journal.fileOf(position).toString());
    }
}
