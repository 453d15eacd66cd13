package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the streams of a log must hold, kept by hand: a second, much simpler telling of the protocol, made
/// from commands and the outcomes that were given.
final class StreamModel {
    /// One stream as readers see it.
    record Stream(
            String content,
            boolean closed,
            boolean softDeleted,
            @Nullable String source,
            int forks,
            Map<String, Producer> producers,
            @Nullable String streamSeq) {

        Stream {
            producers = Map.copyOf(producers);
        }

        Stream withForks(int changed) {
            return new Stream(content, closed, softDeleted, source, changed, producers, streamSeq);
        }
    }

    private final Map<String, Stream> streams;

    StreamModel() {
        this(new TreeMap<>());
    }

    private StreamModel(Map<String, Stream> streams) {
        this.streams = streams;
    }

    StreamModel copy() {
        return new StreamModel(new TreeMap<>(streams));
    }

    Map<String, Stream> streams() {
        return streams;
    }

    @Nullable Stream find(String path) {
        return streams.get(path);
    }

    /// Takes over a command that had an outcome.
    void apply(Command command, Outcome outcome) {
        switch (outcome) {
            case Outcome.Created created -> create((Command.Create) command, created.stream());
            case Outcome.Appended _ -> append((Command.Append) command);
            case Outcome.Deleted _ -> delete(command.path());
            default -> {}
        }
    }

    private void create(Command.Create create, StreamInfo created) {
        String own = text(create.data());
        ForkPoint fork = create.fork();
        String inherited = "";
        if (fork != null) {
            Stream source = Objects.requireNonNull(streams.get(fork.sourcePath()));
            byte[] bytes = source.content.getBytes(UTF_8);
            int length = (int) created.tail().wireByte() - own.getBytes(UTF_8).length;
            inherited = new String(bytes, 0, length, UTF_8);
            streams.put(fork.sourcePath(), source.withForks(source.forks + 1));
        }
        streams.put(
                create.path(),
                new Stream(
                        inherited + own,
                        create.closed(),
                        false,
                        fork == null ? null : fork.sourcePath(),
                        0,
                        Map.of(),
                        null));
    }

    private void append(Command.Append append) {
        Stream before = Objects.requireNonNull(streams.get(append.path()));
        Map<String, Producer> producers = new HashMap<>(before.producers);
        Producer producer = append.producer();
        if (producer != null) {
            producers.put(producer.id(), producer);
        }
        String streamSeq = append.streamSeq();
        streams.put(
                append.path(),
                new Stream(
                        before.content + text(append.data()),
                        before.closed || append.close(),
                        false,
                        before.source,
                        before.forks,
                        producers,
                        streamSeq == null ? before.streamSeq : streamSeq));
    }

    private void delete(String path) {
        Stream gone = Objects.requireNonNull(streams.get(path));
        if (gone.forks > 0) {
            streams.put(
                    path,
                    new Stream(
                            gone.content,
                            gone.closed,
                            true,
                            gone.source,
                            gone.forks,
                            Map.of(),
                            null));
            return;
        }
        streams.remove(path);
        String source = gone.source;
        if (source != null) {
            Stream parent = Objects.requireNonNull(streams.get(source));
            streams.put(source, parent.withForks(parent.forks - 1));
            if (parent.softDeleted && parent.forks == 1) {
                delete(source);
            }
        }
    }

    private static String text(Payload payload) {
        return UTF_8.decode(payload.bytes().duplicate()).toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StreamModel model && streams.equals(model.streams);
    }

    @Override
    public int hashCode() {
        return streams.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        streams.forEach(
                (path, stream) -> text.append(path).append(": ").append(stream).append('\n'));
        return text.toString();
    }
}
