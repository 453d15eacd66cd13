package dev.siltstone.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CursorsTest {
    private static final Instant EPOCH = Instant.parse("2024-10-09T00:00:00Z");

    @Test
    void countsIntervalsOfTwentySeconds() {
        assertThat(at(EPOCH).current()).isEqualTo(0);
        assertThat(at(EPOCH.plusMillis(19_999)).current()).isEqualTo(0);
        assertThat(at(EPOCH.plusSeconds(20)).current()).isEqualTo(1);
        assertThat(at(EPOCH.plusSeconds(86_400)).current()).isEqualTo(4320);
    }

    @Test
    void givesTheIntervalToClientsThatAreBehindIt() {
        Cursors cursors = at(EPOCH.plusSeconds(2000));
        assertThat(cursors.after(Cursors.NONE)).isEqualTo(100);
        assertThat(cursors.after(99)).isEqualTo(100);
    }

    @Test
    void givesClientsThatAreNotBehindALaterOneByUpToAnHour() {
        Cursors cursors = at(EPOCH.plusSeconds(2000));
        for (int i = 0; i < 1000; i++) {
            assertThat(cursors.after(100)).isBetween(101L, 280L);
            assertThat(cursors.after(5000)).isBetween(5001L, 5180L);
        }
    }

    @Test
    void takesNonsenseForNoCursor() {
        for (String nonsense : new String[] {"", "abc", "-1", "+5", "1.5", " 7", "9".repeat(16)}) {
            assertThat(Cursors.parse(nonsense)).as(nonsense).isEqualTo(Cursors.NONE);
        }
        assertThat(Cursors.parse(null)).isEqualTo(Cursors.NONE);
        assertThat(Cursors.parse("0042")).isEqualTo(42);
    }

    @Test
    void doesNotOverflowForTheLargestCursor() {
        long largest = Cursors.parse("9".repeat(15));
        assertThat(at(EPOCH).after(largest)).isGreaterThan(largest);
    }

    @Test
    void countsFromZeroWhenTheClockIsBeforeTheEpoch() {
        assertThat(at(EPOCH.minusSeconds(1000)).current()).isEqualTo(0);
    }

    private static Cursors at(Instant time) {
        return new Cursors(InstantSource.fixed(time), new SplittableRandom(7));
    }
}
