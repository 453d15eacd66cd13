package dev.siltstone.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Readers that follow streams by server-sent events. One whose event stream ends, as servers end them after
/// a while, goes on where it was.
final class Tails implements Sockets.Work {
    /// Is told of each message that a tail got.
    interface Listener {
        void received(long number);
    }

    private static final String NEXT = "\"streamNextOffset\":\"";
    private static final int OK = 200;

    /// So many connect at a time, so that no listen queue overflows.
    private static final int CONNECTING_MAX = 128;

    private final Sockets sockets;
    private final Requests requests;
    private final Streams streams;
    private final Lanes lanes;
    private final Faults faults;
    private final Listener listener;
    private final List<Tail> tails = new ArrayList<>();
    private final Queue<Tail> toOpen = new ArrayDeque<>();
    private final Latencies latencies = new Latencies();
    private @Nullable Window window;
    private int connecting;
    private int open;
    private long received;
    private long reconnects;

    Tails(
            Sockets sockets,
            Requests requests,
            Streams streams,
            Lanes lanes,
            int count,
            Faults faults,
            Listener listener) {
        this.sockets = sockets;
        this.requests = requests;
        this.streams = streams;
        this.lanes = lanes;
        this.faults = faults;
        this.listener = listener;
        for (int i = 0; i < count; i++) {
            tails.add(new Tail(i % lanes.streams()));
        }
        toOpen.addAll(tails);
    }

    /// Begins to measure what is due in `during`.
    void measure(Window during) {
        window = during;
    }

    @Override
    public long nextDue() {
        return toOpen.isEmpty() || connecting >= CONNECTING_MAX ? Long.MAX_VALUE : 0;
    }

    @Override
    public void due(long now) throws IOException {
        while (connecting < CONNECTING_MAX && !toOpen.isEmpty()) {
            toOpen.remove().open();
        }
    }

    /// Says whether all follow their streams.
    @Override
    public boolean isOver(long now) {
        return open == tails.size();
    }

    /// Says whether every tail has every acknowledged message.
    boolean haveAll() {
        return tails.stream().allMatch(Tail::hasAll);
    }

    /// Compares what came to what was acknowledged.
    void end() {
        for (Tail tail : tails) {
            tail.check.end();
            if (tail.connection != null) {
                tail.connection.close();
            }
        }
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("tails", tails.size());
        facts.put("deliveries", received);
        facts.put("reconnects", reconnects);
        facts.putAll(latencies.facts("delivery"));
        return facts;
    }

    private final class Tail
            implements Connection.Caller, SseReader.Receiver, MessageReader.Receiver {
        private final int stream;
        private final LaneCheck check;
        private final SseReader events = new SseReader(this);
        private final MessageReader messages = new MessageReader(streams.form(), this);
        private @Nullable Connection connection;
        private String offset = "-1";
        private boolean following;

        Tail(int stream) {
            this.stream = stream;
            this.check = new LaneCheck(lanes, stream, faults);
        }

        void open() throws IOException {
            connecting++;
            Connection opened = sockets.open(this);
            connection = opened;
            opened.send(requests.read(streams.name(stream), "offset=" + offset + "&live=sse"));
        }

        @Override
        public void head(ResponseReader response) {
            connecting--;
            following = response.status() == OK;
            if (following) {
                open++;
            } else {
                faults.add("a tail was answered " + response.status());
            }
        }

        @Override
        public void body(ByteBuffer part) {
            if (following) {
                events.read(part);
            }
        }

        @Override
        public void data(ByteBuffer line) {
            messages.read(line);
        }

        @Override
        public void control(String json) {
            int at = json.indexOf(NEXT);
            if (at >= 0) {
                int from = at + NEXT.length();
                offset = json.substring(from, json.indexOf('"', from));
            }
        }

        @Override
        public void message(int lane, long number, long due) {
            long now = sockets.now();
            check.message(lane, number);
            Window during = window;
            if (during != null && during.measures(due)) {
                received++;
                latencies.add(now - due);
            }
            listener.received(number);
        }

        @Override
        public void foreign(String what) {
            faults.add("stream " + stream + ": " + what);
        }

        boolean hasAll() {
            long written = 0;
            for (Lane lane : lanes.ofStream(stream)) {
                written += lane.acknowledged();
            }
            return check.messages() >= written;
        }

        @Override
        public void answered(ResponseReader response) throws LoadFailedException {
            if (response.status() != OK) {
                throw new LoadFailedException(
                        sockets.target().host()
                                + " answered "
                                + response.status()
                                + " to a tail by SSE");
            }
            again();
        }

        @Override
        public void lost(String why) throws LoadFailedException {
            if (!following) {
                connecting--;
                throw new LoadFailedException(
                        sockets.target().host() + ": " + why + ", to a tail by SSE");
            }
            again();
        }

        private void again() {
            if (!following) {
                return; // its end was seen already
            }
            if (connection != null) {
                connection.close();
            }
            following = false;
            open--;
            reconnects++;
            events.reset();
            messages.reset();
            toOpen.add(this);
        }
    }
}
