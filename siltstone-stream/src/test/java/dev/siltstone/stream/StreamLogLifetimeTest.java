package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamLogLifetimeTest extends StreamLogFixture {
    @Test
    void endsAnIdleStreamAndKeepsAUsedOne() throws Exception {
        created(ttl("idle", 10));
        created(ttl("used", 10));
        now.addAndGet(9_000);
        reader("used").renew();
        now.addAndGet(1_000);

        assertThat(log.find("idle")).isInstanceOf(Found.None.class);
        assertThat(log.execute(append("idle", "x"))).isEqualTo(new Outcome.NotFound());
        assertThat(log.execute(append("used", "x"))).isInstanceOf(Outcome.Appended.class);
        now.addAndGet(9_999);
        assertThat(log.find("used")).isInstanceOf(Found.Stream.class);
        log.keepHouse();
        created(create("idle", TEXT, "new"));
    }

    @Test
    void endsStreamsThatNobodyAsksFor() throws Exception {
        created(ttl("idle", 10));
        now.addAndGet(10_000);
        log.keepHouse();
        log.execute(append("idle", "x"));
        now.addAndGet(-10_000);
        restart();

        assertThat(log.find("idle")).as("the end is durable").isInstanceOf(Found.None.class);
    }

    @Test
    void keepsTheTimeOfAStreamApartFromThatOfItsPredecessor() throws Exception {
        created(ttl("a", 1_000_000));
        log.execute(new Command.Delete("a"));
        created(ttl("a", 10));
        now.addAndGet(9_000);
        reader("a").renew();
        now.addAndGet(9_000);
        log.keepHouse();
        assertThat(log.find("a")).isInstanceOf(Found.Stream.class);
        now.addAndGet(1_000);
        log.keepHouse();
        assertThat(log.execute(append("a", "x"))).isEqualTo(new Outcome.NotFound());
    }

    @Test
    void grantsTheFullIdleTimeAfterARestart() throws Exception {
        created(ttl("a", 10));
        now.addAndGet(9_999);
        restart();
        now.addAndGet(9_999);
        assertThat(log.find("a")).isInstanceOf(Found.Stream.class);
        now.addAndGet(1);
        assertThat(log.find("a")).isInstanceOf(Found.None.class);
    }

    @Test
    void endsAStreamAtItsTimeAcrossRestarts() throws Exception {
        created(
                new Command.Create(
                        "a",
                        TEXT,
                        new Lifetime.Until(clock.instant().plusSeconds(10)),
                        false,
                        null,
                        Payload.EMPTY));
        now.addAndGet(9_999);
        restart();
        assertThat(log.find("a")).isInstanceOf(Found.Stream.class);
        now.addAndGet(1);
        assertThat(log.find("a")).isInstanceOf(Found.None.class);
    }

    @Test
    void replacesAnExpiredStreamAtOnce() throws Exception {
        created(ttl("a", 10));
        now.addAndGet(10_000);
        StreamInfo second = created(create("a", TEXT, "second"));
        assertThat(read("a")).isEqualTo("second");
        restart();
        assertThat(reader("a").info()).isEqualTo(second);
    }

    @Test
    void leavesAnExpiredSourceToItsForks() throws Exception {
        created(ttl("src", 10));
        log.execute(append("src", "hello"));
        created(
                new Command.Create(
                        "f",
                        null,
                        new Lifetime.IdleFor(1000),
                        false,
                        new ForkPoint("src", null, 0),
                        Payload.EMPTY));
        now.addAndGet(10_000);
        assertThat(log.find("src")).isInstanceOf(Found.None.class);
        log.keepHouse();
        log.execute(append("src", "x"));

        assertThat(log.find("src")).isInstanceOf(Found.SoftDeleted.class);
        assertThat(read("f")).isEqualTo("hello");
    }

    @Test
    void letsAForkInheritALifetime() throws Exception {
        created(ttl("src", 10));
        assertThat(created(fork("f", "src", null, 0, "")).lifetime())
                .isEqualTo(new Lifetime.IdleFor(10));
    }
}
