package dev.siltstone.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DedicatedLeaderTest extends GroupCommitContract {
    @Override
    LeaderMode mode() {
        return LeaderMode.DEDICATED;
    }

    @Test
    void leadsOnItsOwnThread() throws InterruptedException {
        AtomicReference<String> leader = new AtomicReference<>();
        handler.afterCommit = () -> leader.set(Thread.currentThread().getName());
        groupCommit().submit(1);
        groupCommit().lead();
        handler.awaitCommitted(1);
        groupCommit().close();

        assertThat(leader.get()).isEqualTo("leader");
        assertThat(threadsStarted.get()).isEqualTo(1);
    }
}
