package dev.siltstone.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Readers that read a stream from an offset to its tail, again and again.
final class Replays implements Sockets.Work {
    private static final int OK = 200;
    private static final String BEGINNING = "-1";

    private final Sockets sockets;
    private final Requests requests;
    private final String stream;
    private final String from;
    private final Window window;
    private final Queue<Replay> idle = new ArrayDeque<>();
    private final Latencies answers = new Latencies();
    private final Latencies whole = new Latencies();
    private long bytes;
    private long expected = -1;
    private int busy;
    private final Faults faults;

    /// @param from where each reading begins
    Replays(
            Sockets sockets,
            Requests requests,
            String stream,
            String from,
            int count,
            Window window,
            Faults faults)
            throws IOException {
        this.sockets = sockets;
        this.requests = requests;
        this.stream = stream;
        this.from = from;
        this.window = window;
        this.faults = faults;
        for (int i = 0; i < count; i++) {
            Replay replay = new Replay();
            replay.open();
            idle.add(replay);
        }
    }

    @Override
    public long nextDue() {
        return sockets.now() < window.measureEnd() ? window.measureEnd() : window.deadline();
    }

    @Override
    public void due(long now) throws LoadFailedException {
        while (!idle.isEmpty() && now < window.measureEnd()) {
            idle.remove().begin(now);
        }
    }

    @Override
    public boolean isOver(long now) {
        return now >= window.measureEnd() && (busy == 0 || now >= window.deadline());
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("reads", whole.count());
        facts.put("readsPerSecond", whole.count() / window.seconds());
        facts.put("readBytes", bytes);
        facts.put("readBytesPerSecond", bytes / window.seconds());
        facts.putAll(answers.facts("answer"));
        facts.putAll(whole.facts("read"));
        return facts;
    }

    private final class Replay implements Connection.Caller {
        private @Nullable Connection connection;
        private String offset = from;
        private boolean upToDate;
        private boolean advanced;
        private long begun;
        private long asked;
        private long length;

        void open() throws IOException {
            connection = sockets.open(this);
        }

        void begin(long now) throws LoadFailedException {
            busy++;
            begun = now;
            length = 0;
            offset = from;
            ask(now);
        }

        private void ask(long now) throws LoadFailedException {
            asked = now;
            if (connection != null) {
                connection.send(requests.read(stream, "offset=" + offset));
            }
        }

        @Override
        public void head(ResponseReader response) {
            upToDate = "true".equalsIgnoreCase(response.header("stream-up-to-date"));
            String next = response.header("stream-next-offset");
            advanced = next != null && !next.equals(offset);
            offset = next == null ? offset : next;
        }

        @Override
        public void body(ByteBuffer part) {
            length += part.remaining();
            if (window.measures(asked)) {
                bytes += part.remaining();
            }
        }

        @Override
        public void answered(ResponseReader response) throws LoadFailedException {
            if (response.status() != OK) {
                throw new LoadFailedException(
                        sockets.target().host()
                                + " answered "
                                + response.status()
                                + " to a read of "
                                + stream
                                + " at "
                                + offset);
            }
            long now = sockets.now();
            if (window.measures(asked)) {
                answers.add(now - asked);
            }
            if (!upToDate && advanced && now < window.deadline()) {
                ask(now);
                return;
            }
            busy--;
            if (window.measures(begun)) {
                whole.add(now - begun);
            }
            compare();
            idle.add(this);
        }

        /// Nobody writes this stream meanwhile, so every reading is as long as the first.
        private void compare() {
            if (expected < 0) {
                expected = length;
            } else if (length != expected) {
                faults.add(
                        "a reading of "
                                + stream
                                + " from "
                                + from
                                + " had "
                                + length
                                + " bytes, an earlier one "
                                + expected);
            }
        }

        @Override
        public void lost(String why) throws LoadFailedException {
            throw new LoadFailedException(
                    sockets.target().host() + ": " + why + ", during a read of " + stream);
        }
    }

    /// Where a stream begins.
    static String beginning() {
        return BEGINNING;
    }
}
