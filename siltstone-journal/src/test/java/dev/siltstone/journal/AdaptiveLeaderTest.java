package dev.siltstone.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
        Thread[] leader = new Thread[1];
        handler.afterCommit = () -> leader[0] = Thread.currentThread();
        commit(1);
        assertThat(leader[0]).as("quick again").isSameAs(Thread.currentThread());
    }

    private void commit(int commands) throws InterruptedException {
        for (int i = 0; i < commands; i++) {
            groupCommit().submit(submitted++);
            groupCommit().lead();
            handler.awaitCommitted(submitted);
        }
    }
}
