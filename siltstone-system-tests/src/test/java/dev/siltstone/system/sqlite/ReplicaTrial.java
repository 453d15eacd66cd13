package dev.siltstone.system.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.sqlite.SqliteLocks;
import dev.siltstone.system.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Has a program replicate a database that a [WriterFleet] writes, kills it again and again, and judges what it
/// restores. Of several programs each takes its turn on the same replica, and all of them must restore it.
///
/// ```
/// each round:   start a replicator -> transactions -> restores become as new as they were then
///               -> look at its locks -> kill -9, or stop it: then a restore has every transaction before
/// in the end:   start -> stop the fleet -> stop the replicator: restores have every transaction;
///               restore at random TXIDs: each is a state the database was in, and their counters never fall
/// ```
final class ReplicaTrial {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration REPLICATED = Duration.ofSeconds(60);
    private static final Pattern FILE = Pattern.compile("[0-9a-f]{16}-([0-9a-f]{16})\\.ltx");

    private final List<ReplicatorProgram> programs;
    private final Path directory;
    private final Path replica;
    private final Path scratch;
    private final RandomGenerator random;

    /// @param directory an empty one, for everything
    ReplicaTrial(List<ReplicatorProgram> programs, Path directory, Seed seed) throws IOException {
        this.programs = programs;
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
                try (ReplicatorProcess replicator = replicate(round, database)) {
                    fleet.awaitTransactions(transactionsPerRound, TIMEOUT);
                    awaitReplicated(judge, fleet.history().committed(), replicator);
                    SqliteLocks.assertHeldBy(replicator.pid(), database);
                    end(replicator, judge, fleet.history());
                } catch (AssertionError e) {
                    throw new AssertionError("round " + round, e);
                }
            }
            long counter;
            try (ReplicatorProcess replicator = replicate(rounds, database)) {
                fleet.awaitTransactions(transactionsPerRound, TIMEOUT);
                awaitReplicated(judge, fleet.history().committed(), replicator);
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

    private ReplicatorProcess replicate(int round, Path database) throws IOException {
        ReplicatorProgram program = programs.get(round % programs.size());
        return ReplicatorProcess.start(
                program.replicate(database, replica, scratch), directory.resolve("replicate.log"));
    }

    /// Restores until the newest state has the transaction, so a replicator that stands still is found out.
    private void awaitReplicated(RestoreJudge judge, long counter, ReplicatorProcess replicator)
            throws Exception {
        long deadline = System.nanoTime() + REPLICATED.toNanos();
        while (txids(replica).isEmpty() || judgeNewest(judge, 0, replicator) < counter) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "counter %d did not come into the replica in %s; %s"
                                .formatted(counter, REPLICATED, replicator.said()));
            }
            pauseBetweenLooks();
        }
    }

    private static void pauseBetweenLooks() throws InterruptedException {
        var _ = new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
    }

    private void end(ReplicatorProcess replicator, RestoreJudge judge, History history)
            throws Exception {
        assertThat(replicator.isAlive()).as("the replicator lives; %s", replicator.said()).isTrue();
        if (random.nextInt(4) == 0) {
            long committed = history.committed();
            replicator.stop();
            judgeNewest(judge, committed, replicator);
        } else {
            replicator.kill();
        }
    }

    /// @return the least counter that any program restores
    private long judgeNewest(RestoreJudge judge, long atLeast, ReplicatorProcess replicator)
            throws Exception {
        long least = Long.MAX_VALUE;
        for (ReplicatorProgram program : programs) {
            Path out = directory.resolve("newest.db");
            Files.deleteIfExists(out);
            ReplicatorProcess.run(program.restore(replica, out), directory.resolve("restore.log"));
            try {
                least = Math.min(least, judge.judge(out, atLeast));
            } catch (AssertionError e) {
                throw new AssertionError(
                        "newest state by " + program + "; " + replicator.said(), e);
            }
        }
        return least;
    }

    private TreeMap<String, Long> judgeRandom(RestoreJudge judge, int restores) throws Exception {
        List<String> txids = List.copyOf(txids(replica));
        TreeMap<String, Long> counters = new TreeMap<>();
        for (int i = 0; i < restores; i++) {
            String txid = txids.get(random.nextInt(txids.size()));
            Path out = directory.resolve("restored-" + txid + ".db");
            Files.deleteIfExists(out);
            ReplicatorProgram program = programs.get(random.nextInt(programs.size()));
            ReplicatorProcess.run(
                    program.restore(replica, out, txid), directory.resolve("restore.log"));
            try {
                counters.put(txid, judge.judge(out));
            } catch (AssertionError e) {
                throw new AssertionError("restore at TXID " + txid + " by " + program, e);
            }
            Files.delete(out);
        }
        assertThat(List.copyOf(counters.values()))
                .as("counters in the order of TXIDs, %s", counters)
                .isSorted();
        return counters;
    }

    /// Returns the TXIDs that some file ends at. Only names are asked for: files come and go meanwhile.
    static TreeSet<String> txids(Path replica) throws IOException {
        TreeSet<String> txids = new TreeSet<>();
        for (Path level : list(replica.resolve("ltx"))) {
            for (Path file : list(level)) {
                Matcher name = FILE.matcher(file.getFileName().toString());
                if (name.matches()) {
                    txids.add(name.group(1));
                }
            }
        }
        return txids;
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
