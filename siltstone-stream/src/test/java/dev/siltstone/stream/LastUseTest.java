package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LastUseTest {
    private final AtomicLong now = new AtomicLong(1_000_000);
    private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    private final List<Long> touches = new ArrayList<>();

    @Test
    void endsAfterTheIdleTime() {
        LastUse use = use(new Lifetime.IdleFor(2));
        now.addAndGet(1_999);
        assertThat(use.isOver()).isFalse();
        now.addAndGet(1);
        assertThat(use.isOver()).isTrue();
    }

    @Test
    void beginsAnewWithEachUse() {
        LastUse use = use(new Lifetime.IdleFor(2));
        for (int i = 0; i < 5; i++) {
            now.addAndGet(1_500);
            use.renew();
            assertThat(use.isOver()).isFalse();
        }
    }

    @Test
    void staysOverOnceSeen() {
        LastUse use = use(new Lifetime.IdleFor(2));
        now.addAndGet(2_000);
        assertThat(use.isOver()).isTrue();

        use.renew();
        use.written(now.get());
        now.addAndGet(-10_000);

        assertThat(use.isOver()).isTrue();
    }

    @Test
    void endsAtAFixedTimeHoweverOftenItIsUsed() {
        LastUse use = use(new Lifetime.Until(Instant.ofEpochMilli(now.get() + 100)));
        now.addAndGet(99);
        use.renew();
        assertThat(use.isOver()).isFalse();
        now.addAndGet(1);
        assertThat(use.isOver()).isTrue();
    }

    @Test
    void neverEndsWithoutALifetime() {
        LastUse use = use(Lifetime.FOREVER);
        now.set(Long.MAX_VALUE / 2);
        assertThat(use.isOver()).isFalse();
        use.renew();
        assertThat(touches).isEmpty();
    }

    @Test
    void endsAtOnceWithATtlOfZero() {
        assertThat(use(new Lifetime.IdleFor(0)).isOver()).isTrue();
    }

    @Test
    void persistsReadsOncePerQuarterOfTheTtlAndMinute() {
        LastUse use = use(new Lifetime.IdleFor(1_000));
        now.addAndGet(249_000);
        use.renew();
        assertThat(touches).isEmpty();
        now.addAndGet(1_000);
        use.renew();
        use.renew();
        assertThat(touches).containsExactly(7L);
        now.addAndGet(200_000);
        use.written(now.get());
        now.addAndGet(200_000);
        use.renew();
        assertThat(touches).as("a write is persisted by itself").hasSize(1);
    }

    private LastUse use(Lifetime lifetime) {
        return new LastUse(7, lifetime, clock, touches::add, now.get());
    }
}
