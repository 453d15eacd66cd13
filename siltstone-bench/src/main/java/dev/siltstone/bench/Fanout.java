package dev.siltstone.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One append at a time to a stream that many follow: how long until the last of them has it.
final class Fanout implements Sockets.Work, Connection.Caller, Tails.Listener {
    /// Rest between an append that everybody has and the next one, in nanoseconds: the server is idle again.
    private static final long REST_NANOS = 20_000_000;

    private static final int REFUSED = 400;

    private final Sockets sockets;
    private final Requests requests;
    private final Streams streams;
    private final Lane lane;
    private final int readers;
    private final Window window;
    private final Connection connection;
    private final Latencies acknowledged = new Latencies();
    private final Latencies last = new Latencies();
    private @Nullable Long sentAt;
    private boolean answered;
    private int received;
    private long nextAt;

    Fanout(
            Sockets sockets,
            Requests requests,
            Streams streams,
            Lane lane,
            int readers,
            Window window)
            throws IOException {
        this.sockets = sockets;
        this.requests = requests;
        this.streams = streams;
        this.lane = lane;
        this.readers = readers;
        this.window = window;
        this.nextAt = window.start();
        this.connection = sockets.open(this);
    }

    @Override
    public long nextDue() {
        return sentAt == null ? nextAt : window.deadline();
    }

    @Override
    public void due(long now) throws IOException {
        if (sentAt == null && now >= nextAt && now < window.measureEnd()) {
            sentAt = now;
            answered = false;
            received = 0;
            byte[] message = streams.form().message(lane.number(), lane.next(), now);
            connection.send(
                    requests.append(
                            streams.name(lane.stream()), streams.contentTypeHeader(), message));
        }
    }

    @Override
    public boolean isOver(long now) {
        return now >= window.measureEnd() && (sentAt == null || now >= window.deadline());
    }

    @Override
    public void answered(ResponseReader response) throws LoadFailedException {
        if (response.status() >= REFUSED) {
            throw new LoadFailedException(
                    sockets.target().host()
                            + " answered "
                            + response.status()
                            + " to a lone append");
        }
        Long sent = sentAt;
        if (sent != null && window.measures(sent)) {
            acknowledged.add(sockets.now() - sent);
        }
        lane.acknowledge(1);
        answered = true;
        next();
    }

    @Override
    public void lost(String why) throws LoadFailedException {
        throw new LoadFailedException(
                sockets.target().host() + ": " + why + ", after a lone append");
    }

    @Override
    public void received(long number) {
        received++;
        Long sent = sentAt;
        if (received == readers && sent != null) {
            if (window.measures(sent)) {
                last.add(sockets.now() - sent);
            }
            next();
        }
    }

    private void next() {
        if (answered && received >= readers) {
            sentAt = null;
            nextAt = sockets.now() + REST_NANOS;
        }
    }

    /// Says whether an append was never seen by all.
    boolean isStuck() {
        return sentAt != null;
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("rounds", last.count());
        facts.putAll(last.facts("lastReader"));
        facts.putAll(acknowledged.facts("append"));
        return facts;
    }
}
