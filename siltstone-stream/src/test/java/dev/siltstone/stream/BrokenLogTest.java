package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.NanoClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A mistake of whoever is called by the leader: nobody may wait for ever because of it.
class BrokenLogTest {
    @TempDir Path directory;

    @Test
    void answersEverybodyWhenACompletionThrows() throws Exception {
        try (StreamLog log = open()) {
            List<String> told = new ArrayList<>();
            List<String> batches = new ArrayList<>();
            log.afterBatch(() -> batches.add("end"));
            log.submit(
                    create("before"),
                    outcome -> told.add("before " + outcome.getClass().getSimpleName()));
            log.submit(
                    create("mistake"),
                    _ -> {
                        throw new IllegalStateException("thrown by a completion");
                    });
            log.submit(
                    create("after"),
                    outcome -> told.add("after " + outcome.getClass().getSimpleName()));
            assertThatThrownBy(log::lead).hasMessage("thrown by a completion");

            assertThat(told).containsExactly("before Created", "after Unavailable");
            assertThat(batches).containsExactly("end");
            assertThat(log.failure()).hasMessageContaining("thrown by a completion");
            assertThat(log.execute(create("later"))).isInstanceOf(Outcome.Unavailable.class);
        }
        try (StreamLog log = open()) {
            assertThat(log.failure()).isNull();
            assertThat(log.find("before")).isInstanceOf(Found.Stream.class);
        }
    }

    @Test
    void answersThoseWhoCameAfterTheCommandThatCannotBeDecidedUpon() throws Exception {
        try (StreamLog log = open()) {
            List<String> told = new ArrayList<>();
            var impossible =
                    new Command.Create(
                            "x", "text/plain", Lifetime.FOREVER, false, null, brokenPayload());
            log.submit(
                    impossible,
                    outcome -> told.add("impossible " + outcome.getClass().getSimpleName()));
            log.submit(
                    create("after"),
                    outcome -> told.add("after " + outcome.getClass().getSimpleName()));
            assertThatThrownBy(log::lead).isInstanceOf(NullPointerException.class);
            assertThat(told).containsExactly("impossible Unavailable", "after Unavailable");
        }
    }

    @Test
    void refusesTimesWhoseMillisecondsCannotBeCounted() {
        assertThatThrownBy(() -> new Lifetime.Until(Instant.MAX))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Lifetime.Until(Instant.MIN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new Lifetime.Until(Instant.ofEpochMilli(Long.MAX_VALUE)).time().toEpochMilli())
                .isEqualTo(Long.MAX_VALUE);
    }

    @SuppressWarnings("NullAway") // as a caller that is not checked might
    private static Payload brokenPayload() {
        return new Payload(null, new int[0]);
    }

    private StreamLog open() throws Exception {
        return StreamLog.open(
                new RealDisk(),
                directory,
                StreamLogSettings.defaults()
                        .withJournal(JournalSettings.ofFileBytes(1 << 20).withoutBackground())
                        .withLeader(LeaderMode.CALLER),
                InstantSource.system(),
                NanoClock.system(),
                new Random(1));
    }

    private static Command.Create create(String path) {
        return new Command.Create(path, "text/plain", Lifetime.FOREVER, false, null, Payload.EMPTY);
    }
}
