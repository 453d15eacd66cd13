package dev.siltstone.system.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.system.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Has a program replicate a database that a [WriterFleet] writes, kills it again and again, and judges what it
/// restores.
///
/// ```
/// each round:   start the replicator -> transactions -> restore the newest state and judge it
///               -> look at its locks -> kill -9 or stop it
/// in the end:   start -> stop the fleet -> stop the replicator: the newest state has every transaction;
///               restore at random TXIDs: each is a state the database was in, and their counters never fall
/// ```
final class ReplicaTrial {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Pattern FILE = Pattern.compile("[0-9a-f]{16}-([0-9a-f]{16})\\.ltx");

    private final ReplicatorProgram program;
    private final Path directory;
    private final Path replica;
    private final Path scratch;
    private final RandomGenerator random;

    /// @param directory an empty one, for everything
    ReplicaTrial(ReplicatorProgram program, Path directory, Seed seed) throws IOException {
        this.program = program;
        this.directory = directory;
        this.replica = directory.resolve("replica");
        this.scratch = Files.createDirectory(directory.resolve("scratch"));
        this.random = seed.random(0);
    }

    /// What came of it.
    ///
    /// @param counter in the end
    /// @param kills of writers and readers
    /// @param givenUp transactions that were rolled back or never committed
    /// @param busy how often a writer waited 20 s in vain
    /// @param txids that were restored, with the counters they hold
    record Result(long counter, int kills, long givenUp, int busy, TreeMap<String, Long> txids) {}

    Result run(FleetPlan plan, Seed seed, int rounds, int transactionsPerRound, int restores)
            throws Exception {
        Path database = directory.resolve("db");
        try (WriterFleet fleet = WriterFleet.start(database, plan, seed)) {
            RestoreJudge judge = new RestoreJudge(fleet.history());
            for (int round = 0; round < rounds; round++) {
                try (ReplicatorProcess replicator = replicate(database)) {
                    fleet.awaitTransactions(transactionsPerRound, TIMEOUT);
                    if (newestTxid().isEmpty()) {
                        fleet.awaitTransactions(transactionsPerRound, TIMEOUT);
                    }
                    judgeNewest(judge, 0, replicator);
                    end(replicator);
                } catch (AssertionError e) {
                    throw new AssertionError("round " + round, e);
                }
            }
            long counter;
            try (ReplicatorProcess replicator = replicate(database)) {
                fleet.awaitTransactions(transactionsPerRound, TIMEOUT);
                SqliteLocks.assertHeldBy(replicator.pid(), database);
                counter = fleet.stop();
                replicator.stop();
                judgeNewest(judge, counter, replicator);
            }
            return new Result(
                    counter,
                    fleet.kills(),
                    fleet.history().givenUp(),
                    fleet.busy(),
                    judgeRandom(judge, restores));
        }
    }

    private ReplicatorProcess replicate(Path database) throws IOException {
        return ReplicatorProcess.start(
                program.replicate(database, replica, scratch), directory.resolve("replicate.log"));
    }

    private void end(ReplicatorProcess replicator) throws Exception {
        assertThat(replicator.isAlive()).as("the replicator lives; %s", replicator.said()).isTrue();
        if (random.nextInt(4) == 0) {
            replicator.stop();
        } else {
            replicator.kill();
        }
    }

    private void judgeNewest(RestoreJudge judge, long atLeast, ReplicatorProcess replicator)
            throws Exception {
        Path out = directory.resolve("newest.db");
        Files.deleteIfExists(out);
        ReplicatorProcess.run(program.restore(replica, out), directory.resolve("restore.log"));
        try {
            judge.judge(out, atLeast);
        } catch (AssertionError e) {
            throw new AssertionError("restore of the newest state; " + replicator.said(), e);
        }
    }

    private TreeMap<String, Long> judgeRandom(RestoreJudge judge, int restores) throws Exception {
        List<String> txids = List.copyOf(txids());
        TreeMap<String, Long> counters = new TreeMap<>();
        for (int i = 0; i < restores; i++) {
            String txid = txids.get(random.nextInt(txids.size()));
            Path out = directory.resolve("restored-" + txid + ".db");
            Files.deleteIfExists(out);
            ReplicatorProcess.run(
                    program.restore(replica, out, txid), directory.resolve("restore.log"));
            try {
                counters.put(txid, judge.judge(out));
            } catch (AssertionError e) {
                throw new AssertionError("restore at TXID " + txid, e);
            }
            Files.delete(out);
        }
        assertThat(List.copyOf(counters.values()))
                .as("counters in the order of TXIDs, %s", counters)
                .isSorted();
        return counters;
    }

    private String newestTxid() throws IOException {
        TreeSet<String> txids = txids();
        return txids.isEmpty() ? "" : txids.last();
    }

    /// Returns the TXIDs that some file ends at.
    private TreeSet<String> txids() throws IOException {
        TreeSet<String> txids = new TreeSet<>();
        if (Files.isDirectory(replica)) {
            try (Stream<Path> files = Files.walk(replica)) {
                for (Path file : files.toList()) {
                    Matcher name = FILE.matcher(file.getFileName().toString());
                    if (name.matches()) {
                        txids.add(name.group(1));
                    }
                }
            }
        }
        return txids;
    }
}
