package dev.siltstone.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class AdaptiveLeaderTest extends GroupCommitContract {
    private int submitted;

    @Override
    LeaderMode mode() {
        return LeaderMode.ADAPTIVE;
    }

    @Test
    void leadsOnTheCallersThreadWhileCommitsAreQuick() throws InterruptedException {
        handler.commitTakes = Duration.ofNanos(100_000);
        commit(100);

        assertThat(threadsStarted.get()).isZero();
    }

    @Test
    void leadsOnItsOwnThreadWhileCommitsAreSlow() throws InterruptedException {
        handler.commitTakes = Duration.ofMillis(2);
        commit(100);
        assertThat(threadsStarted.get()).isEqualTo(1);

        handler.commitTakes = Duration.ofNanos(100_000);
        commit(100);
        assertThat(isLedByCallerSoon()).as("quick again").isTrue();
    }

    @Test
    void leadsOnTheCallersThreadThoughEveryFifthCommitStalls() throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            handler.commitTakes = Duration.ofNanos(100_000);
            commit(4);
            handler.commitTakes = Duration.ofMillis(80);
            commit(1);
        }

        assertThat(threadsStarted.get()).isZero();
    }

    @Test
    void leadsOnTheCallersThreadThoughItsAnswersTakeLong() throws InterruptedException {
        handler.commitTakes = Duration.ofNanos(100_000);
        handler.answersTake = Duration.ofMillis(2);
        commit(100);

        assertThat(threadsStarted.get()).isZero();
    }

    /// The log's own thread goes on as long as it finds commands, so it may lead a few more commits.
    private boolean isLedByCallerSoon() throws InterruptedException {
        AtomicBoolean led = new AtomicBoolean();
        Thread caller = Thread.currentThread();
        handler.afterCommit = () -> led.compareAndSet(false, Thread.currentThread() == caller);
        for (int i = 0; i < 10_000 && !led.get(); i++) {
            commit(1);
        }
        return led.get();
    }

    private void commit(int commands) throws InterruptedException {
        for (int i = 0; i < commands; i++) {
            groupCommit().submit(submitted++);
            groupCommit().lead();
            handler.awaitCommitted(submitted);
        }
    }
}
