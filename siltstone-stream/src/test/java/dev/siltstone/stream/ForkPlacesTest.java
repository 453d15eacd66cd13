package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.NanoClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.JournalSettings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A fork begins where it was asked to, or not at all, whatever happens between looking the place up and
/// deciding.
class ForkPlacesTest {
    private static final String TEXT = "text/plain";
    private static final String JSON = "application/json";

    @TempDir Path directory;

    private final AtomicLong now = new AtomicLong(1_700_000_000_000L);

    @Test
    void forksAtTheOffsetAlthoughAnExpiredStreamStillHasThePath() throws Exception {
        try (StreamLog log = open()) {
            StreamInfo source =
                    ((Outcome.Created)
                                    log.execute(create("source", TEXT, null, text("0123456789"))))
                            .stream();
            log.execute(
                    new Command.Create(
                            "fork", TEXT, new Lifetime.IdleFor(1), false, null, Payload.EMPTY));
            now.addAndGet(2000);

            Offset middle = new Offset(source.tail().lineage(), 4);
            Outcome forked =
                    log.execute(
                            create(
                                    "fork",
                                    null,
                                    new ForkPoint("source", middle, 0),
                                    Payload.EMPTY));
            assertThat(forked).isInstanceOf(Outcome.Created.class);
            assertThat(((Outcome.Created) forked).stream().tail()).isEqualTo(middle);
        }
    }

    @Test
    void refusesAnOffsetThatLiesNowhereAlthoughAnExpiredStreamStillHasThePath() throws Exception {
        try (StreamLog log = open()) {
            log.execute(create("source", TEXT, null, text("0123456789")));
            log.execute(
                    new Command.Create(
                            "fork", TEXT, new Lifetime.IdleFor(1), false, null, Payload.EMPTY));
            now.addAndGet(2000);

            ForkPoint nowhere = new ForkPoint("source", new Offset(999_999, 4), 0);
            assertThat(log.execute(create("fork", null, nowhere, Payload.EMPTY)))
                    .isInstanceOf(Outcome.Invalid.class);
            assertThat(log.find("fork")).isInstanceOf(Found.None.class);
        }
    }

    @Test
    void doesNotForkAtTheTailWhenThePlaceWasNotLookedUp() throws Exception {
        var state = new LogState(0, 0);
        var rules = new CommandRules(state, 10);
        state.apply(
                100,
                new Entry.Created(
                        1,
                        "source",
                        TEXT,
                        Lifetime.FOREVER,
                        false,
                        null,
                        Entry.Content.of(text("0123456789"))));
        Command.Create fork =
                create("fork", null, new ForkPoint("source", new Offset(100, 4), 0), Payload.EMPTY);
        Decision decision = rules.decide(new Request.Client(fork, null, _ -> {}), 2);
        assertThat(decision).isInstanceOf(Decision.Answer.class);
        assertThat(((Decision.Answer) decision).outcome()).isInstanceOf(Outcome.TryAgain.class);
    }

    @Test
    void refusesContentThatWasMadeForAnotherTypeThanTheSources() throws Exception {
        try (StreamLog log = open()) {
            log.execute(create("source", JSON, null, Payload.ofJson(bytes("[1]"))));
            ForkPoint tail = new ForkPoint("source", null, 0);
            assertThat(log.execute(create("fork", null, tail, text("not json"))))
                    .isInstanceOf(Outcome.Invalid.class);
            assertThat(log.execute(create("fork", null, tail, Payload.ofJson(bytes("[2]")))))
                    .isInstanceOf(Outcome.Created.class);
        }
    }

    private StreamLog open() throws Exception {
        return StreamLog.open(
                new RealDisk(),
                directory,
                StreamLogSettings.defaults()
                        .withJournal(JournalSettings.ofFileBytes(1 << 20).withoutBackground()),
                () -> Instant.ofEpochMilli(now.get()),
                NanoClock.system(),
                new Random(1));
    }

    private static Command.Create create(
            String path, @Nullable String contentType, @Nullable ForkPoint fork, Payload data) {
        return new Command.Create(path, contentType, Lifetime.FOREVER, false, fork, data);
    }

    private static Payload text(String text) {
        return Payload.ofBytes(bytes(text));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
