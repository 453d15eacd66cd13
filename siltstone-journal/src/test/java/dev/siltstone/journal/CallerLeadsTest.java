package dev.siltstone.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallerLeadsTest extends GroupCommitContract {
    @Override
    LeaderMode mode() {
        return LeaderMode.CALLER;
    }

    @Test
    void leadsOnTheCallersThread() {
        groupCommit().submit(1);
        groupCommit().lead();

        assertThat(handler.committed()).containsExactly(1);
        assertThat(threadsStarted.get()).isZero();
    }

    @Test
    void handsOverWhenOthersKeepOnSubmitting() throws InterruptedException {
        int total = 5 * GroupCommit.BATCHES_PER_CALL;
        handler.afterCommit =
                () -> {
                    int done = handler.commits.get();
                    if (done < total) {
                        groupCommit().submit(done);
                    }
                };
        groupCommit().submit(0);
        groupCommit().lead();
        handler.awaitCommitted(total);

        assertThat(threadsStarted.get()).as("a thread took over").isEqualTo(1);
        assertThat(handler.committed()).hasSize(total);
    }
}
