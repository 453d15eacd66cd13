package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/// Kills a server again and again while many customers use it, and has each of them look for what it was
/// promised after each restart.
///
/// ```
/// start -> check the last round -> load until n acknowledgements -> kill -9 -> start ...
/// ```
final class KillRounds {
    private static final int BOARDS = 2;
    private static final int WRITERS_PER_BOARD = 6;
    private static final int ACKNOWLEDGED_MIN = 30;
    private static final int ACKNOWLEDGED_MAX = 250;

    /// Small files, so that a round fills some; settled at once, so that kills come in the middle of that; short
    /// polls, so that no check waits.
    private static final String[] FLAGS = {
        "--journal-file", "256k", "--settle-entries", "20", "--long-poll-timeout", "200ms"
    };

    private final Path data;
    private final Path temporary;
    private final Seed seed;
    private final RandomGenerator random;
    private final List<Customer> ofAllRounds = new ArrayList<>();
    private final List<SteadyProducer> producers = new ArrayList<>();
    private Progress progress = new Progress();
    private List<Customer> ofThisRound = List.of();
    private int port;

    /// @param data the servers' data directory
    /// @param temporary their temporary directory, empty
    KillRounds(Path data, Path temporary, Seed seed) {
        this.data = data;
        this.temporary = temporary;
        this.seed = seed;
        this.random = seed.random(0);
    }

    void run(int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            try (ServerProcess server = startServer()) {
                port = server.port();
                try {
                    check(server);
                    load(server, round);
                } catch (AssertionError | IOException | ExecutionException e) {
                    throw new AssertionError("round " + round + "; " + server.errors(), e);
                }
            }
        }
        try (ServerProcess server = startServer()) {
            checkEverything(server);
            assertThat(server.stop()).as("exit code after SIGTERM").isZero();
        }
        assertThat(temporary).as("what killed servers left behind").isEmptyDirectory();
        Program.Result verified = Program.run("verify", data.toString());
        assertThat(verified.exitCode()).as(verified.toString()).isZero();
    }

    /// Tests that run beside this one have time limits, so its servers stand back for them.
    private ServerProcess startServer() throws IOException {
        List<String> command = new ArrayList<>(List.of("nice", "-n", "10"));
        List<String> arguments = new ArrayList<>(List.of("serve", "--data", data.toString()));
        arguments.addAll(List.of("--port", Integer.toString(port)));
        arguments.addAll(List.of(FLAGS));
        command.addAll(Program.command(arguments.toArray(String[]::new)));
        command.add(command.indexOf("-jar"), "-Djava.io.tmpdir=" + temporary);
        return ServerProcess.launch(command);
    }

    private void check(ServerProcess server) throws IOException {
        try (HttpConnection connection = server.connect()) {
            for (Customer customer : ofThisRound) {
                customer.check(connection);
            }
        }
    }

    private void checkEverything(ServerProcess server) throws IOException {
        check(server);
        try (HttpConnection connection = server.connect()) {
            for (Customer customer : ofAllRounds) {
                customer.check(connection);
            }
            for (SteadyProducer producer : producers) {
                producer.checkAll(connection);
            }
        }
    }

    private void load(ServerProcess server, int round) throws Exception {
        progress = new Progress();
        try (HttpConnection connection = server.connect()) {
            ofThisRound = customers(connection, round);
        }
        ofAllRounds.addAll(ofThisRound);
        ofAllRounds.removeAll(producers);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (Customer customer : ofThisRound) {
                ends.add(threads.submit(() -> use(server, customer)));
            }
            boolean enough = progress.await(random.nextInt(ACKNOWLEDGED_MIN, ACKNOWLEDGED_MAX));
            progress.killed();
            server.kill();
            for (Future<?> end : ends) {
                end.get();
            }
            assertThat(enough).as("enough requests were acknowledged in time").isTrue();
        }
    }

    private List<Customer> customers(HttpConnection connection, int round) throws IOException {
        String prefix = "round-" + round + "/";
        List<Customer> customers = new ArrayList<>();
        for (int i = 0; i < BOARDS; i++) {
            Board board = new Board(prefix + "board-" + i);
            board.create(connection);
            customers.add(new BoardReader(board));
            for (int writer = 0; writer < WRITERS_PER_BOARD; writer++) {
                customers.add(new BoardWriter(board, writer, progress));
            }
            RandomGenerator chance = seed.random(1000L * round + i);
            customers.add(new Forker(prefix + "forker-" + i + "/", board, chance, progress));
            customers.add(new Closer(prefix + "closer-" + i + "/", progress));
            customers.add(new Deleter(prefix + "deleter-" + i + "/", progress));
        }
        customers.addAll(producers(connection));
        return customers;
    }

    private List<SteadyProducer> producers(HttpConnection connection) throws IOException {
        if (producers.isEmpty()) {
            addProducer("text", "a", SteadyProducer.Kind.TEXT);
            addProducer("text", "b", SteadyProducer.Kind.TEXT);
            addProducer("json", "c", SteadyProducer.Kind.JSON);
            addProducer("json", "d", SteadyProducer.Kind.JSON);
            addProducer("alone", "e", SteadyProducer.Kind.TEXT_WITH_STREAM_SEQ);
            for (SteadyProducer producer : producers) {
                connection.put(producer.path(), "", "Content-Type", producer.contentType());
            }
        }
        for (SteadyProducer producer : producers) {
            producer.use(progress);
        }
        return producers;
    }

    private void addProducer(String path, String id, SteadyProducer.Kind kind) {
        producers.add(new SteadyProducer("producers/" + path, id, kind));
    }

    private Void use(ServerProcess server, Customer customer) {
        try (HttpConnection connection = server.connect()) {
            while (true) {
                customer.step(connection);
            }
        } catch (IOException e) {
            if (!progress.isKilled()) {
                throw new AssertionError("the connection broke before the server was killed", e);
            }
            return null;
        }
    }
}
