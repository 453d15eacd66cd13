package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.stream.StreamState.Status;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogStateTest {
    private final LogState state = new LogState(0, 0);
    private long position = 100;
    private long time = 1_000;

    @Test
    void namesAStreamAfterThePositionOfItsCreation() throws Exception {
        long id = create("a", null, 0, "hello");

        StreamState stream = existing("a");
        assertThat(stream.id).isEqualTo(id).isEqualTo(stream.lineage);
        assertThat(stream.tailOffset()).isEqualTo(new Offset(id, 5));
        assertThat(stream.status()).isEqualTo(Status.LIVE);
    }

    @Test
    void takesDataProducerSequenceAndClosureTogether() throws Exception {
        long id = create("a", null, 0, "");
        apply(
                new Entry.Appended(
                        time, id, 0, true, new Producer("p", 3, 0), "s1", content("hello")));

        StreamState stream = existing("a");
        assertThat(stream.tail()).isEqualTo(5);
        assertThat(stream.closed()).isTrue();
        assertThat(stream.closedBy()).isEqualTo(new Producer("p", 3, 0));
        assertThat(stream.streamSeq()).isEqualTo("s1");
        assertThat(stream.producer("p")).isEqualTo(new ProducerStates.State(3, 0, time));
    }

    @Test
    void freesThePathOfADeletedStream() throws Exception {
        long first = create("a", null, 0, "hello");
        apply(new Entry.Deleted(time, first));
        assertThat(state.find("a")).isNull();
        assertThat(state.find(first)).isNull();

        long second = create("a", null, 0, "");
        assertThat(second).isNotEqualTo(first);
        assertThat(existing("a").lineage).isEqualTo(second);
    }

    @Test
    void keepsADeletedSourceForItsForksAndRemovesTheChainWithTheLast() throws Exception {
        long root = create("root", null, 0, "hello");
        long middle = create("middle", root, 3, "x");
        long leaf = create("leaf", middle, 4, "y");
        assertThat(existing("leaf").lineage).isEqualTo(root);
        assertThat(existing("leaf").tail()).isEqualTo(5);

        apply(new Entry.Deleted(time, root));
        apply(new Entry.Expired(time, middle));
        assertThat(existing("root").status()).isEqualTo(Status.SOFT_DELETED);
        assertThat(existing("middle").status()).isEqualTo(Status.SOFT_DELETED);
        assertThat(state.streamCount()).isEqualTo(3);

        List<StreamState> changed = apply(new Entry.Deleted(time, leaf));
        assertThat(changed).extracting(s -> s.path).containsExactly("leaf", "middle", "root");
        assertThat(changed).extracting(StreamState::status).containsOnly(Status.REMOVED);
        assertThat(state.streamCount()).isZero();
        assertThat(state.find("root")).isNull();
    }

    @Test
    void aSourceChangesWithTheNumberOfItsForks() throws Exception {
        long root = create("root", null, 0, "hello");
        long one = create("one", root, 3, "");
        long two = create("two", root, 3, "");
        assertThat(apply(new Entry.Deleted(time, root)))
                .extracting(s -> s.path)
                .containsExactly("root");
        assertThat(apply(new Entry.Deleted(time, one)))
                .extracting(s -> s.path)
                .containsExactly("one", "root");
        assertThat(existing("root").forks()).isEqualTo(1);
        assertThat(apply(new Entry.Deleted(time, two)))
                .extracting(s -> s.path)
                .containsExactly("two", "root");
    }

    @Test
    void keepsALiveSourceWhenItsForksGo() throws Exception {
        long root = create("root", null, 0, "hello");
        long fork = create("fork", root, 3, "");
        apply(new Entry.Deleted(time, fork));

        assertThat(existing("root").status()).isEqualTo(Status.LIVE);
        assertThat(existing("root").forks()).isZero();
    }

    @Test
    void doesNotHandProducersOnToForks() throws Exception {
        long root = create("root", null, 0, "");
        apply(new Entry.Appended(time, root, 0, false, new Producer("p", 0, 0), "s", content("x")));
        create("fork", root, 1, "");

        assertThat(existing("fork").producer("p")).isNull();
        assertThat(existing("fork").streamSeq()).isNull();
    }

    @Test
    void neverLetsTimeGoBack() throws Exception {
        apply(new Entry.Opened(5_000, 1));
        apply(new Entry.Opened(4_000, 2));

        assertThat(state.time()).isEqualTo(5_000);
        assertThat(state.writerEpoch()).isEqualTo(2);
    }

    @Test
    void refusesWhatCannotHaveBeenDecided() throws Exception {
        long id = create("a", null, 0, "hello");
        assertThatThrownBy(() ->
                        apply(new Entry.Appended(time, id, 4, false, null, null, content("x"))))
                .isInstanceOf(EntryException.class)
                .hasMessageContaining("tail is 5");
        assertThatThrownBy(() -> apply(new Entry.Deleted(time, 77)))
                .isInstanceOf(EntryException.class)
                .hasMessageContaining("stream 77");
        assertThatThrownBy(() -> create("a", null, 0, ""))
                .isInstanceOf(EntryException.class)
                .hasMessageContaining("there already");
    }

    private long create(String path, @Nullable Long source, long forkByte, String data)
            throws EntryException {
        long id = position;
        Entry.Fork fork =
                source == null
                        ? null
                        : new Entry.Fork(source, forkByte, new ForkPoint("source", null, 0), false);
        apply(
                new Entry.Created(
                        time, path, "text/plain", Lifetime.FOREVER, false, fork, content(data)));
        return id;
    }

    private List<StreamState> apply(Entry entry) throws EntryException {
        List<StreamState> changed = state.apply(position, entry);
        position += 50;
        return changed;
    }

    private StreamState existing(String path) {
        return Objects.requireNonNull(state.find(path));
    }

    private static Entry.Content content(String text) {
        return Entry.Content.of(Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8))));
    }
}
