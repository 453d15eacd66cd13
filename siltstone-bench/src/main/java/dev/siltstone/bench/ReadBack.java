package dev.siltstone.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads one stream from its beginning to its tail and compares it to what was acknowledged.
final class ReadBack implements Sockets.Work, Connection.Caller, MessageReader.Receiver {
    private static final int OK = 200;

    private final Sockets sockets;
    private final Requests requests;
    private final Streams streams;
    private final LaneCheck check;
    private final MessageReader messages;
    private final Faults faults;
    private final Connection connection;
    private final long deadline;
    private int stream;
    private String offset = Replays.beginning();
    private boolean upToDate;
    private boolean advanced;
    private boolean over;

    private ReadBack(
            Sockets sockets,
            Requests requests,
            Streams streams,
            Lanes lanes,
            int stream,
            Faults faults,
            long deadline)
            throws IOException {
        this.sockets = sockets;
        this.requests = requests;
        this.streams = streams;
        this.stream = stream;
        this.faults = faults;
        this.deadline = deadline;
        this.check = new LaneCheck(lanes, stream, faults);
        this.messages = new MessageReader(streams.form(), this);
        this.connection = sockets.open(this);
    }

    /// Checks all streams; what is wrong goes to `faults`.
    ///
    /// @return how many messages were read
    static long all(
            Sockets sockets,
            Requests requests,
            Streams streams,
            Lanes lanes,
            long timeoutNanos,
            Faults faults)
            throws IOException {
        long read = 0;
        for (int stream = 0; stream < lanes.streams(); stream++) {
            var one =
                    new ReadBack(
                            sockets,
                            requests,
                            streams,
                            lanes,
                            stream,
                            faults,
                            sockets.now() + timeoutNanos);
            try {
                one.ask();
                sockets.run(one);
            } finally {
                one.connection.close();
            }
            read += one.finish();
        }
        return read;
    }

    private void ask() throws LoadFailedException {
        connection.send(requests.read(streams.name(stream), "offset=" + offset));
    }

    private long finish() throws LoadFailedException {
        if (!over) {
            throw new LoadFailedException(
                    sockets.target().host()
                            + ": stream "
                            + stream
                            + " could not be read back in time");
        }
        if (messages.unfinished() > 0) {
            faults.add("stream " + stream + " ends within a message");
        }
        check.end();
        return check.messages();
    }

    @Override
    public long nextDue() {
        return deadline;
    }

    @Override
    public void due(long now) {}

    @Override
    public boolean isOver(long now) {
        return over || now > deadline;
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
        messages.read(part);
    }

    @Override
    public void message(int lane, long number, long due) {
        check.message(lane, number);
    }

    @Override
    public void foreign(String what) {
        faults.add("stream " + stream + ": " + what);
    }

    @Override
    public void answered(ResponseReader response) throws LoadFailedException {
        if (response.status() != OK) {
            throw new LoadFailedException(
                    sockets.target().host()
                            + " answered "
                            + response.status()
                            + " when stream "
                            + stream
                            + " was read back at "
                            + offset);
        }
        if (upToDate || !advanced) {
            over = true;
        } else {
            ask();
        }
    }

    @Override
    public void lost(String why) throws LoadFailedException {
        throw new LoadFailedException(
                sockets.target().host() + ": " + why + ", while a stream was read back");
    }
}
