package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.DiskLockedException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StreamLogTest extends StreamLogFixture {
    @Test
    void wakesWatchersOncePerBatch() throws Exception {
        created(create("a", TEXT, ""));
        created(create("b", TEXT, ""));
        var woken = new AtomicInteger();
        Watcher watcher = woken::incrementAndGet;
        reader("a").watch(watcher);
        log.execute(append("b", "x"));
        assertThat(woken).hasValue(0);
        log.execute(append("a", "x"));
        assertThat(woken).hasValue(1);
        StreamReader before = reader("a");
        log.execute(new Command.Delete("a"));
        assertThat(woken).hasValue(2);
        assertThat(before.state()).isEqualTo(StreamReader.State.GONE);
        before.unwatch(watcher);
    }

    @Test
    void listsByPrefixInPages() throws Exception {
        for (String path : List.of("b/2", "a", "b/1", "b", "b/3", "c")) {
            created(create(path, TEXT, ""));
        }
        log.execute(new Command.Delete("b/2"));
        assertThat(paths(log.list("", null, 10))).containsExactly("a", "b", "b/1", "b/3", "c");
        Listing first = log.list("b", null, 2);
        assertThat(paths(first)).containsExactly("b", "b/1");
        assertThat(first.next()).isEqualTo("b/1");
        Listing second = log.list("b", first.next(), 2);
        assertThat(paths(second)).containsExactly("b/3");
        assertThat(second.next()).isNull();
        assertThat(paths(log.list("zzz", null, 2))).isEmpty();
    }

    @Test
    void keepsASecondProcessOut() {
        assertThatThrownBy(() -> StreamLog.open(directory, settings))
                .isInstanceOf(DiskLockedException.class)
                .hasMessageContaining("lock");
    }

    @Test
    void refusesCommandsOnceClosed() throws Exception {
        log.close();
        assertThat(log.execute(create("a", TEXT, ""))).isInstanceOf(Outcome.Unavailable.class);
        open();
    }
}
