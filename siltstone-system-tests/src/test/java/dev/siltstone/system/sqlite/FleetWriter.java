package dev.siltstone.system.sqlite;

import dev.siltstone.system.sqlite.SqlProcess.EndedException;
import dev.siltstone.system.sqlite.SqlProcess.State;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

/// One writer of a [WriterFleet]: a thread that drives a process, kills it and starts another.
///
/// ```
/// open -> settings -> ( transaction | checkpoint | vacuum )* -> close -> open ...
/// transaction: BEGIN IMMEDIATE, changes, read the state, note it, COMMIT
///              or ROLLBACK, or kill -9 at any of these places
/// ```
final class FleetWriter {
    private static final int BUSY_MILLIS = 20_000;
    private static final int CHECKPOINT_BUSY_MILLIS = 300;

    private enum Kill {
        NEVER,
        IN_CHANGES,
        BEFORE_COMMIT,
        IN_COMMIT
    }

    private final WriterFleet fleet;
    private final FleetPlan plan;
    private final SqlProcess.Kind kind;
    private final int transactionsMax;
    private final RandomGenerator random;
    private final TransactionScript script;

    /// @param transactionsMax after which the process closes the database and ends
    FleetWriter(
            WriterFleet fleet,
            FleetPlan plan,
            SqlProcess.Kind kind,
            int transactionsMax,
            RandomGenerator random) {
        this.fleet = fleet;
        this.plan = plan;
        this.kind = kind;
        this.transactionsMax = transactionsMax;
        this.random = random;
        boolean savepoints = kind == SqlProcess.Kind.JDBC || plan.brokenChains();
        this.script = new TransactionScript(random, plan, savepoints);
    }

    void run() throws IOException, InterruptedException {
        while (!fleet.hasEnded()) {
            try (SqlProcess process = SqlProcess.open(kind, fleet.database())) {
                process.run(script.settings(BUSY_MILLIS));
                int transactions = 1 + random.nextInt(transactionsMax);
                for (int i = 0; i < transactions && !fleet.hasEnded(); i++) {
                    if (!step(process)) {
                        fleet.countKill();
                        break;
                    }
                    fleet.pause(random.nextInt(plan.pauseMillisMax() + 1) * 1000L);
                }
            } catch (EndedException e) {
                if (!e.isBusy()) {
                    throw new AssertionError(kind + " writer: " + e.getMessage(), e);
                }
                fleet.countBusy();
            }
        }
    }

    /// @return whether the process is still alive
    private boolean step(SqlProcess process) throws EndedException, InterruptedException {
        double chance = random.nextDouble();
        if (chance < plan.checkpointChance()) {
            process.run("PRAGMA busy_timeout=" + CHECKPOINT_BUSY_MILLIS + ";");
            process.run(script.checkpoint());
            process.run("PRAGMA busy_timeout=" + BUSY_MILLIS + ";");
            return true;
        }
        if (chance < plan.checkpointChance() + plan.vacuumChance()) {
            return vacuum(process);
        }
        return transaction(process, choose());
    }

    private Kill choose() {
        if (random.nextDouble() >= plan.killChance()) {
            return Kill.NEVER;
        }
        Kill[] all = Kill.values();
        return all[1 + random.nextInt(all.length - 1)];
    }

    private boolean vacuum(SqlProcess process) throws EndedException, InterruptedException {
        if (random.nextDouble() < plan.killChance()) {
            process.send("VACUUM;");
            return killSoon(process);
        }
        process.run("VACUUM;");
        return true;
    }

    private boolean transaction(SqlProcess process, Kill kill)
            throws EndedException, InterruptedException {
        List<String> changes = script.next();
        process.run("BEGIN IMMEDIATE;");
        if (kill == Kill.IN_CHANGES) {
            process.send(changes.toArray(String[]::new));
            return killSoon(process);
        }
        process.run(changes.toArray(String[]::new));
        State state = process.state();
        fleet.history().add(state.counter(), state.hash());
        if (kill == Kill.BEFORE_COMMIT) {
            process.kill();
            return false;
        }
        if (kill == Kill.IN_COMMIT) {
            process.send("COMMIT;");
            return killSoon(process);
        }
        process.run(random.nextDouble() < plan.rollbackChance() ? "ROLLBACK;" : "COMMIT;");
        return true;
    }

    private boolean killSoon(SqlProcess process) throws InterruptedException {
        fleet.pause(random.nextInt(3_000));
        process.kill();
        return false;
    }
}
