package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.NanoClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.JournalSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A log on the real disk with a clock that stands still, and the words of the tests that use it.
abstract class StreamLogFixture {
    static final String TEXT = "text/plain";
    static final String JSON = "application/json";

    @TempDir Path directory;

    final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    StreamLogSettings settings =
            StreamLogSettings.defaults().withJournal(JournalSettings.ofFileBytes(4 << 20));
    StreamLog log;

    @BeforeEach
    void open() throws IOException {
        log =
                StreamLog.open(
                        new RealDisk(),
                        directory,
                        settings,
                        clock,
                        NanoClock.system(),
                        new Random(1));
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    void restart() throws IOException {
        log.close();
        open();
    }

    static Command.Create create(String path, @Nullable String contentType, String data) {
        return new Command.Create(path, contentType, Lifetime.FOREVER, false, null, text(data));
    }

    static Command.Create ttl(String path, long seconds) {
        return new Command.Create(
                path, TEXT, new Lifetime.IdleFor(seconds), false, null, Payload.EMPTY);
    }

    static Command.Create fork(
            String path, String source, @Nullable Offset offset, long subOffset, String data) {
        return new Command.Create(
                path,
                null,
                Lifetime.FOREVER,
                false,
                new ForkPoint(source, offset, subOffset),
                text(data));
    }

    static Command.Append append(String path, String data) {
        return new Command.Append(path, TEXT, text(data), false, null, null);
    }

    Outcome produce(long epoch, long sequence) throws InterruptedException {
        return log.execute(
                new Command.Append(
                        "a", TEXT, text("x"), false, new Producer("p", epoch, sequence), null));
    }

    Outcome appendSeq(String streamSeq) throws InterruptedException {
        return log.execute(new Command.Append("a", TEXT, text("x"), false, null, streamSeq));
    }

    StreamInfo created(Command.Create create) throws InterruptedException {
        Outcome outcome = log.execute(create);
        assertThat(outcome).isInstanceOf(Outcome.Created.class);
        return ((Outcome.Created) outcome).stream();
    }

    StreamReader reader(String path) throws IOException {
        Found found = log.find(path);
        assertThat(found).as(path).isInstanceOf(Found.Stream.class);
        return ((Found.Stream) found).reader();
    }

    Chunk readChunk(String path, Offset offset) throws Exception {
        StreamReader reader = reader(path);
        return reader.read(reader.resolve(offset), null);
    }

    String read(String path) throws Exception {
        StringBuilder text = new StringBuilder();
        Chunk chunk = readChunk(path, Offset.BEGINNING);
        text.append(UTF_8.decode(chunk.bytes()));
        while (!chunk.upToDate()) {
            chunk = readChunk(path, chunk.next());
            text.append(UTF_8.decode(chunk.bytes()));
        }
        return text.toString();
    }

    List<Long> ends(String path) throws Exception {
        List<Long> ends = new ArrayList<>();
        Chunk chunk = readChunk(path, Offset.BEGINNING);
        ends.add(chunk.next().wireByte());
        while (!chunk.upToDate()) {
            chunk = readChunk(path, chunk.next());
            ends.add(chunk.next().wireByte());
        }
        return ends;
    }

    static List<String> paths(Listing listing) {
        return listing.streams().stream().map(StreamInfo::path).toList();
    }

    static Payload text(String text) {
        return Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    static Payload json(String text) throws InvalidJsonException {
        return Payload.ofJson(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }
}
