package dev.siltstone.bench;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Appends, over many connections: as fast as answers come, or at a rate that does not care for answers.
///
/// At a rate, request `n` is due `n / rate` seconds after the start; when no connection is free it waits,
/// and its latency counts from when it was due.
final class Writers implements Sockets.Work {
    private static final double SECOND = 1e9;
    private static final int REFUSED = 400;

    /// How long a writer whose connection broke waits before it opens another, in nanoseconds.
    private static final long REST_NANOS = 100_000_000;

    private static final int BUSY = 503;

    private final Sockets sockets;
    private final Requests requests;
    private final Streams streams;
    private final MessageForm form;
    private final LoadSettings settings;
    private final Window window;
    private final Lanes lanes;
    private final Queue<Writer> idle = new ArrayDeque<>();
    private final Queue<Writer> resting = new ArrayDeque<>();
    private final Set<Writer> underway = new HashSet<>();
    private final Latencies latencies = new Latencies();
    private final Map<String, Long> errors = new TreeMap<>();
    private long begun;
    private long measured;

    Writers(
            Sockets sockets,
            Requests requests,
            Streams streams,
            LoadSettings settings,
            Window window,
            Lanes lanes)
            throws IOException {
        this.sockets = sockets;
        this.requests = requests;
        this.streams = streams;
        this.form = streams.form();
        this.settings = settings;
        this.window = window;
        this.lanes = lanes;
        for (int i = 0; i < settings.writers(); i++) {
            Writer writer = new Writer(i, lanes.ofWriter(i));
            writer.open();
            idle.add(writer);
        }
    }

    @Override
    public long nextDue() {
        if (sockets.now() >= window.measureEnd()) {
            return window.deadline();
        }
        long next = resting.isEmpty() ? window.measureEnd() : resting.element().restUntil;
        return idle.isEmpty() ? next : Math.min(next, settings.rate() > 0 ? dueOf(begun) : 0);
    }

    private long dueOf(long request) {
        return window.start() + (long) (request * SECOND / settings.rate());
    }

    @Override
    public void due(long now) throws IOException {
        for (Writer next = resting.peek();
                next != null && next.restUntil <= now;
                next = resting.peek()) {
            idle.add(resting.remove());
        }
        while (!idle.isEmpty() && now < window.measureEnd()) {
            long due = settings.rate() > 0 ? dueOf(begun) : now;
            if (due > now) {
                return;
            }
            begun++;
            idle.remove().append(due);
        }
    }

    @Override
    public boolean isOver(long now) {
        return now >= window.measureEnd() && (underway.isEmpty() || now >= window.deadline());
    }

    /// What is without an answer now will never get one.
    void end() throws LoadFailedException {
        for (Writer writer : List.copyOf(underway)) {
            writer.giveUp();
        }
    }

    private void error(String what) {
        errors.merge(what, 1L, Long::sum);
    }

    /// Returns what was measured.
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("appends", measured);
        facts.put("appendsPerSecond", measured / window.seconds());
        facts.put("appendBytesPerSecond", measured * form.bytes() / window.seconds());
        facts.putAll(latencies.facts("append"));
        if (settings.rate() > 0) {
            long late =
                    (long) ((window.measureEnd() - window.start()) / SECOND * settings.rate())
                            - begun;
            facts.put("neverSent", Math.max(0, late));
        }
        facts.put("errors", errors.values().stream().mapToLong(Long::longValue).sum());
        if (!errors.isEmpty()) {
            facts.put("errorsByKind", Map.copyOf(errors));
        }
        return facts;
    }

    /// One connection, which writes its lanes in turn.
    final class Writer implements Connection.Caller {
        private final int number;
        private final List<Lane> own;
        private @Nullable Connection connection;
        private @Nullable Lane sending;
        private int turn;
        private long due;
        private boolean repeat;
        private long restUntil;

        Writer(int number, List<Lane> own) {
            this.number = number;
            this.own = own;
        }

        void open() throws IOException {
            connection = sockets.open(this);
        }

        void append(long dueAt) throws IOException {
            due = dueAt;
            Lane lane = repeat ? own.get(turn) : next();
            repeat = false;
            sending = lane;
            underway.add(this);
            Connection over = connection;
            if (over == null || !over.isOpen()) {
                over = sockets.open(this);
                connection = over;
            }
            byte[] message = form.message(lane.number(), lane.next(), due);
            over.send(requests.append(streams.name(lane.stream()), headers(lane), message));
        }

        private Lane next() {
            turn = (turn + 1) % own.size();
            return own.get(turn);
        }

        private String headers(Lane lane) {
            String type = streams.contentTypeHeader();
            return settings.producers()
                    ? type
                            + "Producer-Id: bench-"
                            + number
                            + "\r\nProducer-Epoch: 0\r\nProducer-Seq: "
                            + lane.next()
                            + "\r\n"
                    : type;
        }

        private @Nullable Lane settled() {
            Lane lane = sending;
            if (lane != null) {
                sending = null;
                underway.remove(this);
            }
            return lane;
        }

        @Override
        public void answered(ResponseReader response) throws LoadFailedException {
            Lane lane = settled();
            if (lane == null) {
                return;
            }
            long now = sockets.now();
            if (response.status() < REFUSED) {
                lane.acknowledge(1);
                if (window.measures(now)) {
                    measured++;
                    latencies.add(now - due);
                }
            } else {
                error("status " + response.status());
                if (response.status() >= 500 && response.status() != BUSY) {
                    unknown(lane);
                }
            }
            idle.add(this);
        }

        @Override
        public void lost(String why) throws LoadFailedException {
            Lane lane = settled();
            if (lane != null) {
                error(why);
                unknown(lane);
                restUntil = sockets.now() + REST_NANOS;
                resting.add(this);
                if (lanes.acknowledged() == 0
                        && errors.getOrDefault(why, 0L) >= settings.writers()) {
                    throw new LoadFailedException(
                            sockets.target().host() + ": " + why + "; does the server run?");
                }
            }
        }

        /// A producer asks again; anybody else can only go on.
        private void unknown(Lane lane) throws LoadFailedException {
            repeat = settings.producers();
            if (!repeat) {
                lane.lose();
            }
        }

        void giveUp() throws LoadFailedException {
            Lane lane = settled();
            if (lane != null) {
                error("no answer in time");
                lane.lose();
                if (connection != null) {
                    connection.close();
                }
            }
        }
    }
}
