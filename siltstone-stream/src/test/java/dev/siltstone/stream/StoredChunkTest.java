package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.NanoClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Long content is left where it lies, and is the same there.
class StoredChunkTest {
    private static final long SMALL_FILE_BYTES = 256 << 10;

    @TempDir Path directory;

    @Test
    void isWhatAReadGivesOutOfASegment() throws Exception {
        try (StreamLog log = open(SMALL_FILE_BYTES)) {
            create(log, "bytes");
            create(log, "json");
            create(log, "text");
            for (int i = 0; i < 300; i++) {
                String text = "<" + i + "ä".repeat(2_000) + ">";
                append(log, "bytes", Payload.ofBytes(bytes(text)));
                append(log, "text", Payload.ofBytes(bytes(text)));
                append(log, "json", Payload.ofJson(bytes("[\"" + text + "\", 1]")));
                if (i % 100 == 50) { // chunks in several segments
                    log.settler().settleAll();
                }
            }
            settle(log);
            assertThat(compare(log, "bytes")).isPositive();
            assertThat(compare(log, "json")).isPositive();
            assertThat(compare(log, "text")).isPositive();
        }
    }

    @Test
    void isWhatAReadGivesOutOfAJournalFileThatWasKept() throws Exception {
        try (StreamLog log = open(4 << 20)) {
            create(log, "large");
            var random = new Random(1);
            for (int i = 0; i < 8; i++) {
                byte[] content = new byte[1 << 20];
                random.nextBytes(content);
                append(log, "large", Payload.ofBytes(ByteBuffer.wrap(content)));
            }
            settle(log);
            assertThat(compare(log, "large")).isPositive();
        }
    }

    @Test
    void isNoneWhereItIsShortOrNotSettled() throws Exception {
        try (StreamLog log = open(SMALL_FILE_BYTES)) {
            create(log, "s");
            append(log, "s", Payload.ofBytes(bytes("x".repeat(100_000))));
            StreamReader reader = reader(log, "s");
            assertThat(reader.readStored(reader.resolve(Offset.BEGINNING))).isNull();
            settle(log);
            Offset start = reader.resolve(Offset.BEGINNING);
            try (StoredChunk stored = reader.readStored(start)) {
                assertThat(stored).isNotNull();
            }
            assertThat(reader.readStored(new Offset(start.lineage(), 99_000))).isNull();
        }
    }

    @Test
    void canBeReadThoughItsSegmentIsGone() throws Exception {
        try (StreamLog log = open(SMALL_FILE_BYTES)) {
            create(log, "s");
            append(log, "s", Payload.ofBytes(bytes("x".repeat(100_000))));
            settle(log);
            StreamReader reader = reader(log, "s");
            try (StoredChunk stored = reader.readStored(reader.resolve(Offset.BEGINNING))) {
                log.execute(new Command.Delete("s"));
                log.settleAll();
                assertThat(stored).isNotNull();
                assertThat(content(stored)).isEqualTo("x".repeat(100_000));
            }
        }
    }

    /// As long as a journal file is there, what it holds is read from it.
    private static void settle(StreamLog log) throws Exception {
        create(log, "other");
        long active = log.journal().activeFileStart();
        while (log.journal().activeFileStart() == active) {
            append(log, "other", Payload.ofBytes(bytes("x".repeat(10_000))));
        }
        log.settleAll();
    }

    /// @return how many chunks were left where they lie
    private static int compare(StreamLog log, String path) throws Exception {
        StreamReader reader = reader(log, path);
        Offset at = reader.resolve(Offset.BEGINNING);
        int count = 0;
        boolean more = true;
        while (more) {
            Chunk chunk = reader.read(at, null);
            try (StoredChunk stored = reader.readStored(at)) {
                if (stored != null) {
                    count++;
                    assertThat(stored.place().next()).isEqualTo(chunk.next());
                    assertThat(stored.place().upToDate()).isEqualTo(chunk.upToDate());
                    assertThat(content(stored)).isEqualTo(UTF_8.decode(chunk.bytes()).toString());
                }
            }
            at = chunk.next();
            more = !chunk.upToDate();
        }
        return count;
    }

    private static String content(StoredChunk stored) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(stored.length());
        for (StoredChunk.Piece piece : stored.pieces()) {
            bytes.limit(bytes.position() + piece.length());
            assertThat(piece.file().read(bytes, piece.filePosition())).isEqualTo(piece.length());
        }
        assertThat(bytes.position()).isEqualTo(stored.length());
        return UTF_8.decode(bytes.flip()).toString();
    }

    private StreamLog open(long journalFileBytes) throws IOException {
        return StreamLog.open(
                new RealDisk(),
                directory,
                StreamLogSettings.defaults()
                        .withLeader(LeaderMode.CALLER)
                        .withJournal(
                                JournalSettings.ofFileBytes(journalFileBytes)
                                        .withFreeBytesReserve(0)
                                        .withoutBackground()),
                InstantSource.system(),
                NanoClock.system(),
                new Random(1));
    }

    private static StreamReader reader(StreamLog log, String path) throws IOException {
        return ((Found.Stream) log.find(path)).reader();
    }

    private static void create(StreamLog log, String path) throws Exception {
        log.execute(
                new Command.Create(path, type(path), Lifetime.FOREVER, false, null, Payload.EMPTY));
    }

    private static void append(StreamLog log, String path, Payload payload) throws Exception {
        Outcome outcome =
                log.execute(new Command.Append(path, type(path), payload, false, null, null));
        assertThat(outcome).isInstanceOf(Outcome.Appended.class);
    }

    private static String type(String path) {
        return switch (path) {
            case "json" -> "application/json";
            case "bytes", "large" -> "application/octet-stream";
            default -> "text/plain";
        };
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
