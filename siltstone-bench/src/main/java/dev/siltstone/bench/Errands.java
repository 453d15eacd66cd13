package dev.siltstone.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Requests that must all succeed, some of them side by side: making streams, removing them.
final class Errands implements Sockets.Work {
    /// Connections for what may happen in any order.
    static final int SIDE_BY_SIDE = 32;

    /// For what must happen one after the other.
    static final int IN_ORDER = 1;

    private final Sockets sockets;
    private final int count;
    private final IntFunction<byte[]> requests;
    private final Consumer<ResponseReader> answers;
    private final long deadline;
    private final List<Connection> connections = new ArrayList<>();
    private int begun;
    private int done;

    private Errands(
            Sockets sockets,
            int count,
            IntFunction<byte[]> requests,
            Consumer<ResponseReader> answers,
            long deadline) {
        this.sockets = sockets;
        this.count = count;
        this.requests = requests;
        this.answers = answers;
        this.deadline = deadline;
    }

    /// Sends `count` requests.
    ///
    /// @param connections how many may be on their way at once
    /// @param timeoutNanos for all of them
    /// @param answers gets each answer
    /// @throws LoadFailedException if one is refused or gets no answer
    static void run(
            Sockets sockets,
            int connections,
            int count,
            long timeoutNanos,
            IntFunction<byte[]> requests,
            Consumer<ResponseReader> answers)
            throws IOException {
        long deadline = sockets.now() + timeoutNanos;
        var errands = new Errands(sockets, count, requests, answers, deadline);
        try {
            for (int i = 0; i < Math.min(connections, count); i++) {
                errands.new Runner().open();
            }
            sockets.run(errands);
        } finally {
            errands.connections.forEach(Connection::close);
        }
        if (errands.done < count) {
            throw new LoadFailedException(
                    sockets.target().host()
                            + ": "
                            + (count - errands.done)
                            + " of "
                            + count
                            + " requests before or after the load got no answer in time");
        }
    }

    @Override
    public long nextDue() {
        return deadline;
    }

    @Override
    public void due(long now) {}

    @Override
    public boolean isOver(long now) {
        return done == count || now > deadline;
    }

    private final class Runner implements Connection.Caller {
        private byte[] request = {};
        private @Nullable Connection connection;

        void open() throws IOException {
            Connection opened = sockets.open(this);
            connection = opened;
            connections.add(opened);
            next(opened);
        }

        private void next(Connection over) throws LoadFailedException {
            if (begun < count) {
                request = requests.apply(begun++);
                over.send(request);
            }
        }

        @Override
        public void answered(ResponseReader response) throws LoadFailedException {
            if (response.status() / 100 != 2) {
                throw new LoadFailedException(
                        Refusal.of(sockets.target(), request, response.status()));
            }
            done++;
            answers.accept(response);
            if (connection != null) {
                next(connection);
            }
        }

        @Override
        public void lost(String why) throws LoadFailedException {
            throw new LoadFailedException(
                    sockets.target().host() + ": " + why + "; does the server run?");
        }
    }
}
