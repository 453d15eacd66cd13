package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Data directories that earlier versions wrote, kept for ever: each opens and reads the same.
///
/// A new version writes its own with
/// `./mvnw test -pl siltstone-stream -am -Dtest=GoldenDataTest -DargLine=-Dsiltstone.golden.write=DIR`.
class GoldenDataTest {
    private static final String TEXT = "text/plain";

    @TempDir Path directory;

    private final ManualClock clock = new ManualClock();

    @ParameterizedTest
    @ValueSource(strings = {"data-v1", "data-v2"})
    void readsWhatAnEarlierVersionWrote(String version) throws Exception {
        copy(Path.of("src/test/resources/golden", version), directory);
        for (int i = 0; i < 2; i++) {
            StreamLog log = open(directory);
            verify(log);
            assertThat(log.writerEpoch()).isEqualTo(i + 3);
            log.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data-v1", "data-v2"})
    void settlesWhatAnEarlierVersionWrote(String version) throws Exception {
        copy(Path.of("src/test/resources/golden", version), directory);
        StreamLog log = open(directory);
        log.settleAll();
        verify(log);
        log.close();
        log = open(directory);
        verify(log);
        log.close();

        List<Verification.Problem> problems = new ArrayList<>();
        var verified = Verification.verify(new RealDisk(), directory, problems::add);
        assertThat(problems).isEmpty();
        assertThat(verified.streams()).isEqualTo(8);
    }

    @Test
    void readsWhatThisVersionWrites() throws Exception {
        String target = System.getProperty("siltstone.golden.write");
        Path data = target == null ? directory : Path.of(target);
        write(data);
        if (target == null) {
            verify(open(data));
        }
    }

    /// The first half is settled, with files that are kept as they are; the second is not.
    private void write(Path data) throws Exception {
        StreamLog log = open(data);
        StreamInfo text = create(log, "text", TEXT, Lifetime.FOREVER, null, "héllo");
        create(log, "json", "application/json", Lifetime.FOREVER, null, "");
        create(log, "mortal", TEXT, new Lifetime.IdleFor(1_000_000), null, "m");
        create(
                log,
                "dated",
                TEXT,
                new Lifetime.Until(Instant.parse("2999-12-31T23:59:59.999Z")),
                null,
                "d");
        create(log, "gone", TEXT, Lifetime.FOREVER, null, "g");
        Payload batch = Payload.ofJson(ByteBuffer.wrap("[1, {\"a\": 2.0},\"x\"]".getBytes(UTF_8)));
        done(log, new Command.Append("json", "application/json", batch, false, null, "s1"));
        Payload one = Payload.ofJson(ByteBuffer.wrap("[[]]".getBytes(UTF_8)));
        done(
                log,
                new Command.Append(
                        "json", "application/json", one, true, new Producer("p", 1, 0), "s2"));
        create(log, "fork", null, Lifetime.FOREVER, new ForkPoint("text", null, 0), "!");
        create(
                log,
                "fork-of-json",
                null,
                Lifetime.FOREVER,
                new ForkPoint("json", Offset.BEGINNING, 2),
                "");
        for (int i = 0; i < 30; i++) {
            done(
                    log,
                    new Command.Append(
                            "text",
                            TEXT,
                            text("line " + i + "\n" + "x".repeat(300) + "\n"),
                            false,
                            new Producer("p", 0, i),
                            null));
        }
        done(log, new Command.Delete("gone"));
        create(log, "source", TEXT, Lifetime.FOREVER, null, "source");
        create(log, "heir", null, Lifetime.FOREVER, new ForkPoint("source", null, 0), "+");
        done(log, new Command.Delete("source"));
        log.keepHouse();
        log.settleAll();
        log.close();
        log = open(data);
        done(log, new Command.Append("fork", TEXT, text("?"), false, null, null));
        log.keepHouse();
        log.close();
        assertThat(text.tail().wireByte()).isEqualTo(6);
    }

    private static void verify(StreamLog log) throws Exception {
        assertThat(log.list("", null, 100).streams())
                .extracting(StreamInfo::path)
                .containsExactly("dated", "fork", "fork-of-json", "heir", "json", "mortal", "text");
        assertThat(read(log, "fork")).isEqualTo("héllo!?");
        assertThat(read(log, "json")).isEqualTo("1,{\"a\": 2.0},\"x\",[],");
        assertThat(read(log, "fork-of-json")).isEqualTo("1,{\"a\": 2.0},");
        assertThat(read(log, "heir")).isEqualTo("source+");
        assertThat(read(log, "text")).startsWith("héllo").contains("line 29\n").hasSize(5 + 9_260);
        assertThat(log.find("source")).isInstanceOf(Found.SoftDeleted.class);
        assertThat(log.find("gone")).isInstanceOf(Found.None.class);
        assertThat(info(log, "json").closed()).isTrue();
        assertThat(info(log, "mortal").lifetime()).isEqualTo(new Lifetime.IdleFor(1_000_000));
        assertThat(info(log, "dated").lifetime())
                .isEqualTo(new Lifetime.Until(Instant.parse("2999-12-31T23:59:59.999Z")));
        Producer last = new Producer("p", 0, 29);
        assertThat(log.execute(new Command.Append("text", TEXT, text("x"), false, last, null)))
                .isInstanceOf(Outcome.Duplicate.class);
        assertThat(
                        log.execute(
                                new Command.Append(
                                        "json",
                                        null,
                                        Payload.EMPTY,
                                        true,
                                        new Producer("p", 1, 0),
                                        null)))
                .isInstanceOf(Outcome.Duplicate.class);
    }

    private StreamLog open(Path data) throws IOException {
        return StreamLog.open(
                new RealDisk(),
                data,
                StreamLogSettings.defaults()
                        .withLeader(LeaderMode.CALLER)
                        .withSettling(SettlingSettings.defaults().withPromotedEntryBytesMin(300))
                        .withJournal(
                                JournalSettings.ofFileBytes(4096)
                                        .withFreeBytesReserve(0)
                                        .withoutBackground()),
                clock,
                clock,
                new Random(4));
    }

    private static StreamInfo create(
            StreamLog log,
            String path,
            @Nullable String type,
            Lifetime lifetime,
            @Nullable ForkPoint fork,
            String data)
            throws InterruptedException {
        Outcome outcome =
                log.execute(new Command.Create(path, type, lifetime, false, fork, text(data)));
        assertThat(outcome).isInstanceOf(Outcome.Created.class);
        return ((Outcome.Created) outcome).stream();
    }

    private static void done(StreamLog log, Command command) throws InterruptedException {
        assertThat(log.execute(command))
                .isInstanceOfAny(Outcome.Appended.class, Outcome.Deleted.class);
    }

    private static StreamInfo info(StreamLog log, String path) throws IOException {
        return ((Found.Stream) log.find(path)).reader().info();
    }

    private static String read(StreamLog log, String path) throws Exception {
        StreamReader reader = ((Found.Stream) log.find(path)).reader();
        return UTF_8.decode(reader.read(reader.resolve(Offset.BEGINNING), null).bytes()).toString();
    }

    private static Payload text(String text) {
        return Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(from)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
        }
    }
}
