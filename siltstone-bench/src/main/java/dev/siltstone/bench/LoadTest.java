package dev.siltstone.bench;

import dev.siltstone.io.NanoClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/// Puts a load on a server, measures, and compares what the server gives back to what it acknowledged.
///
/// Each method runs one kind of load in the calling thread and returns facts by name, in the order in which
/// they are to be shown: rates are per second, times in microseconds, `faults` counts what was wrong with
/// what was read, `errors` the requests that got no answer of 2xx. For one use.
public final class LoadTest implements AutoCloseable {
    private static final int FILL_BODY_BYTES = 256 << 10;
    private static final ContentKind[] FOLLOWED = {ContentKind.TEXT, ContentKind.JSON};

    private final LoadSettings settings;
    private final Sockets sockets;
    private final Requests requests;
    private final Streams streams;
    private final Faults faults = new Faults();

    /// @param runName begins the names of all streams that are made; a word that no other run uses
    public LoadTest(Target target, LoadSettings settings, String runName, NanoClock clock)
            throws IOException {
        this.settings = settings;
        this.sockets = new Sockets(target, clock);
        this.requests = new Requests(target, settings.token());
        this.streams =
                new Streams(
                        "bench-" + runName + "-",
                        new MessageForm(settings.kind(), settings.messageBytes()));
    }

    /// Writers append to streams.
    ///
    /// @throws LoadFailedException if the server cannot be reached or does not take what the load needs
    public Map<String, Object> append() throws IOException {
        Lanes lanes = new Lanes(settings.streams(), settings.writers());
        create(settings.streams());
        Window window = Window.of(sockets.now(), settings);
        Writers writers = new Writers(sockets, requests, streams, settings, window, lanes);
        sockets.run(writers);
        writers.end();
        Map<String, Object> facts = new LinkedHashMap<>(writers.facts());
        readBack(lanes, facts);
        return finish(facts, settings.streams());
    }

    /// Readers read a stream, whole or its last message only, again and again.
    ///
    /// @throws LoadFailedException if the server cannot be reached or does not take what the load needs
    public Map<String, Object> read() throws IOException {
        Lanes lanes = new Lanes(1, 1);
        create(1);
        fill(0, lanes.lane(0));
        String from = settings.lastOnly() ? appendLast(lanes.lane(0)) : Replays.beginning();
        Window window = Window.of(sockets.now(), settings);
        Replays replays =
                new Replays(
                        sockets,
                        requests,
                        streams.name(0),
                        from,
                        settings.readers(),
                        window,
                        faults);
        sockets.run(replays);
        Map<String, Object> facts = new LinkedHashMap<>(replays.facts());
        readBack(lanes, facts);
        return finish(facts, 1);
    }

    /// Writers append at a rate while readers follow.
    ///
    /// @throws LoadFailedException if the server cannot be reached or does not take what the load needs
    public Map<String, Object> tail() throws IOException {
        return follow(false);
    }

    /// As [#tail], while others read a long stream from its beginning.
    ///
    /// @throws LoadFailedException if the server cannot be reached or does not take what the load needs
    public Map<String, Object> mixed() throws IOException {
        return follow(true);
    }

    private Map<String, Object> follow(boolean replaying) throws IOException {
        checkFollowed();
        int count = settings.streams() + (replaying ? 1 : 0);
        Lanes lanes = new Lanes(settings.streams(), settings.writers());
        create(count);
        if (replaying) {
            fill(settings.streams(), new Lane(0, settings.streams()));
        }
        Tails tails = connect(lanes, _ -> {});
        Window window = Window.of(sockets.now(), settings);
        tails.measure(window);
        Writers writers = new Writers(sockets, requests, streams, settings, window, lanes);
        List<Sockets.Work> works = new ArrayList<>(List.of(writers, new Whole(tails, window)));
        Map<String, Object> facts = new LinkedHashMap<>();
        if (replaying) {
            Replays replays =
                    new Replays(
                            sockets,
                            requests,
                            streams.name(settings.streams()),
                            Replays.beginning(),
                            settings.replays(),
                            window,
                            faults);
            works.add(replays);
            sockets.run(new Together(works));
            facts.putAll(replays.facts());
        } else {
            sockets.run(new Together(works));
        }
        writers.end();
        tails.end();
        facts.putAll(writers.facts());
        facts.putAll(tails.facts());
        readBack(lanes, facts);
        return finish(facts, count);
    }

    /// One append at a time to a stream that all readers follow.
    ///
    /// @throws LoadFailedException if the server cannot be reached or does not take what the load needs
    public Map<String, Object> fanout() throws IOException {
        checkFollowed();
        Lanes lanes = new Lanes(1, 1);
        create(1);
        List<Fanout> begun = new ArrayList<>(1);
        Tails tails = connect(lanes, number -> begun.forEach(fanout -> fanout.received(number)));
        Window window = Window.of(sockets.now(), settings);
        tails.measure(window);
        Fanout fanout =
                new Fanout(sockets, requests, streams, lanes.lane(0), settings.readers(), window);
        begun.add(fanout);
        sockets.run(new Together(List.of(fanout, new Whole(tails, window))));
        if (fanout.isStuck()) {
            faults.add("the last append did not reach all readers in time");
        }
        tails.end();
        Map<String, Object> facts = new LinkedHashMap<>(fanout.facts());
        facts.putAll(tails.facts());
        readBack(lanes, facts);
        return finish(facts, 1);
    }

    /// Tails until each has all that was acknowledged.
    private record Whole(Tails tails, Window window) implements Sockets.Work {
        @Override
        public long nextDue() {
            return Math.min(tails.nextDue(), window.deadline());
        }

        @Override
        public void due(long now) throws IOException {
            tails.due(now);
        }

        @Override
        public boolean isOver(long now) {
            return now >= window.deadline() || (now >= window.measureEnd() && tails.haveAll());
        }
    }

    private void checkFollowed() {
        if (!List.of(FOLLOWED).contains(settings.kind())) {
            throw new IllegalArgumentException(
                    "--type must be text or json where streams are followed by events");
        }
    }

    private Tails connect(Lanes lanes, Tails.Listener listener) throws IOException {
        Tails tails =
                new Tails(sockets, requests, streams, lanes, settings.readers(), faults, listener);
        long deadline = sockets.now() + settings.timeout().toNanos();
        sockets.run(new Limited(tails, deadline));
        if (!tails.isOver(sockets.now())) {
            throw new LoadFailedException(
                    sockets.target().host()
                            + ": not all of "
                            + settings.readers()
                            + " readers could follow in time");
        }
        return tails;
    }

    /// Something that is given up after a while.
    private record Limited(Sockets.Work work, long deadline) implements Sockets.Work {
        @Override
        public long nextDue() {
            return Math.min(work.nextDue(), deadline);
        }

        @Override
        public void due(long now) throws IOException {
            work.due(now);
        }

        @Override
        public boolean isOver(long now) {
            return now >= deadline || work.isOver(now);
        }
    }

    private void create(int count) throws IOException {
        errands(
                Errands.SIDE_BY_SIDE,
                count,
                i -> requests.create(streams.name(i), settings.kind()));
    }

    private void errands(int connections, int count, IntFunction<byte[]> made) throws IOException {
        Errands.run(sockets, connections, count, settings.timeout().toNanos(), made, _ -> {});
    }

    /// Appends content to one stream, many messages at a time.
    private void fill(int stream, Lane lane) throws IOException {
        MessageForm form = streams.form();
        int perBody = Math.max(1, FILL_BODY_BYTES / form.bytes());
        long messages = Math.max(1, settings.fillBytes() / form.bytes());
        int bodies = (int) ((messages + perBody - 1) / perBody);
        errands(
                Errands.IN_ORDER,
                bodies,
                i -> {
                    int count = (int) Math.min(perBody, messages - (long) i * perBody);
                    byte[] body = form.body(count, lane.number(), lane.next(), 0);
                    lane.acknowledge(count); // refused: the run ends
                    return requests.append(streams.name(stream), streams.contentTypeHeader(), body);
                });
    }

    /// Appends one more message and returns where it begins.
    private String appendLast(Lane lane) throws IOException {
        List<String> offsets = new ArrayList<>(2);
        Errands.run(
                sockets,
                Errands.IN_ORDER,
                2,
                settings.timeout().toNanos(),
                i ->
                        i == 0
                                ? requests.read(streams.name(0), "offset=now")
                                : requests.append(
                                        streams.name(0),
                                        streams.contentTypeHeader(),
                                        streams.form().message(lane.number(), lane.next(), 0)),
                response -> offsets.add(String.valueOf(response.header("stream-next-offset"))));
        lane.acknowledge(1);
        return offsets.getFirst();
    }

    private void readBack(Lanes lanes, Map<String, Object> facts) throws IOException {
        if (settings.check()) {
            long timeout = settings.timeout().toNanos();
            long messages = ReadBack.all(sockets, requests, streams, lanes, timeout, faults);
            facts.put("acknowledged", lanes.acknowledged());
            facts.put("readBack", messages);
        }
    }

    private Map<String, Object> finish(Map<String, Object> facts, int count) throws IOException {
        if (!settings.keep()) {
            errands(Errands.SIDE_BY_SIDE, count, i -> requests.delete(streams.name(i)));
        }
        facts.put("faults", faults.count());
        if (faults.count() > 0) {
            facts.put("firstFaults", faults.first());
        }
        return facts;
    }

    @Override
    public void close() throws IOException {
        sockets.close();
    }
}
