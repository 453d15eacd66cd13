package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long MILLIS = 1_000_000;

    /// The time, which passes when somebody rests, and what happens meanwhile.
    private static final class World implements Pace.Demand {
        private long now;
        private long rested;
        private double lag;
        private boolean appends = true;
        private final Pace pace = new Pace(() -> now, this::rest);

        private World() {
            pace.follow(this);
        }

        private void rest(long nanos) {
            now += nanos;
            rested += nanos;
        }

        private void workFor(long nanos) throws IOException {
            pace.write(() -> now += nanos);
        }

        @Override
        public long durableEnd() {
            return appends ? now : 0;
        }

        @Override
        public double lag() {
            return lag;
        }
    }

    private final World world = new World();

    @Test
    void restsNineTimesAsLongAsTheDiskWorkedWhileSomebodyAppends() throws IOException {
        world.workFor(30 * MILLIS);

        assertThat(world.rested).isEqualTo(270 * MILLIS);
    }

    @Test
    void restsMostAfterSomethingThatTheFileSystemNotes() throws IOException {
        world.pace.note(() -> world.now += 10 * MILLIS);

        assertThat(world.rested).isEqualTo(1_990 * MILLIS);
    }

    @Test
    void restsForAMomentOnlyIfNobodyAppends() throws IOException {
        world.appends = false;

        world.workFor(30 * MILLIS);
        assertThat(world.rested).isEqualTo(60 * MILLIS);

        world.workFor(MILLIS); // short work has short rests, of which none is spent on finding out
        world.workFor(MILLIS);
        assertThat(world.rested).isEqualTo(60 * MILLIS);
    }

    @Test
    void restsLessTheFurtherItIsBehind() throws IOException {
        world.lag = 0.75;
        world.workFor(40 * MILLIS);
        assertThat(world.rested).isCloseTo(90 * MILLIS, within(MILLIS));

        world.rested = 0;
        world.lag = 1.5;
        world.workFor(40 * MILLIS);
        assertThat(world.rested).isZero();
    }

    @Test
    void restsNoLongerAfterADiskThatStoodStill() throws IOException {
        world.lag = -3;

        world.workFor(60_000 * MILLIS);

        assertThat(world.rested).isEqualTo(4_000 * MILLIS);
    }

    @Test
    void endsARestWhenItFallsBehindMeanwhileOrIsStopped() throws IOException {
        var hurried =
                new Pace(
                        () -> world.now,
                        nanos -> {
                            world.rest(nanos);
                            world.lag = 1;
                        });
        hurried.follow(world);
        hurried.write(() -> world.now += 100 * MILLIS);
        assertThat(world.rested).isEqualTo(20 * MILLIS);

        world.lag = 0;
        world.pace.stop();
        world.workFor(30 * MILLIS);
        assertThat(world.rested).isEqualTo(20 * MILLIS);
    }

    @Test
    void restsAfterWorkThatFailed() {
        assertThatThrownBy(() ->
                        world.pace.write(() -> {
                            world.now += 10 * MILLIS;
                            throw new IOException("no");
                        }))
                .hasMessage("no");

        assertThat(world.rested).isEqualTo(90 * MILLIS);
    }

    @Test
    void restsNotAtAllBeforeAnythingStandsBesideIt() throws IOException {
        new Pace(() -> world.now, world::rest).note(() -> world.now += 10 * MILLIS);

        assertThat(world.rested).isZero();
    }
}
